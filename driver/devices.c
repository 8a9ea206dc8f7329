// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the devices of a cell need of the machine: clocks, power domains, supplies, resets and pins
 * that Linux manages. A device that Linux does not drive has no driver that would ask for them, and
 * Linux turns off what nobody has asked for. So for each node of the device tree whose registers go
 * to a cell a device is made that asks for them, from the creation of the cell until it is gone:
 *
 *	/sys/class/misc/cellblock/<cell id>:<path of the node, with ! for />/
 *	{clocks,power_domains,supplies,resets,pins,missing}
 *
 * What cannot be had does not keep a cell from being created: "missing" and the kernel's log name
 *it.
 */
#include <linux/clk.h>
#include <linux/clk/clk-conf.h>
#include <linux/device.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_clk.h>
#include <linux/pinctrl/consumer.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>
#include <linux/regulator/consumer.h>
#include <linux/reset.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cellblock.h"
#include <config/check.h>
#include <config/iterate.h>

enum kind { CLOCK, POWER_DOMAIN, SUPPLY, RESET, PINS, KINDS };

static const char *const kind_names[KINDS] = {
	[CLOCK] = "clock", [POWER_DOMAIN] = "power domain", [SUPPLY] = "supply", [RESET] = "reset",
	[PINS] = "pins",
};

/* Something that a device asks for. */
struct need {
	struct list_head list; /* in the order in which they were asked for */
	enum kind kind;
	char name[64];
	long err; /* why it is missing, or 0 */
	union {
		struct clk *clock;
		struct device *domain; /* stands for us in this domain */
		struct regulator *supply;
		struct reset_control *reset;
		struct pinctrl *pins;
	};
};

struct cell_device {
	struct device dev;
	struct list_head list;	/* of the cell */
	struct list_head needs; /* do not change once the device is shown */
};

static struct cell_device *to_cell_device(struct device *dev)
{
	return container_of(dev, struct cell_device, dev);
}

/* ---- To ask and to give back, by kind ---- */

static long take_clock(struct cell_device *device, struct need *need, int index)
{
	struct clk *clock = of_clk_get(device->dev.of_node, index);
	long err = PTR_ERR_OR_ZERO(clock) ?: clk_prepare_enable(clock);

	if (err) {
		if (!IS_ERR(clock))
			clk_put(clock);
		return err;
	}
	/* A cell cannot follow a change. */
	clk_rate_exclusive_get(clock);
	need->clock = clock;
	return 0;
}

static void give_clock(struct need *need)
{
	clk_rate_exclusive_put(need->clock);
	clk_disable_unprepare(need->clock);
	clk_put(need->clock);
}

static long take_domain(struct cell_device *device, struct need *need, int index)
{
	struct device *domain = dev_pm_domain_attach_by_id(&device->dev, index);
	int err;

	if (IS_ERR_OR_NULL(domain))
		return domain ? PTR_ERR(domain) : -ENODEV;
	err = pm_runtime_resume_and_get(domain);
	if (err) {
		dev_pm_domain_detach(domain, true);
		return err;
	}
	/* A sleep of Linux passes it over: the domain stays on. */
	dev_pm_syscore_device(domain, true);
	need->domain = domain;
	return 0;
}

static void give_domain(struct need *need)
{
	dev_pm_syscore_device(need->domain, false);
	pm_runtime_put_sync(need->domain);
	dev_pm_domain_detach(need->domain, true);
}

static long take_supply(struct cell_device *device, struct need *need, int index)
{
	struct regulator *supply = regulator_get(&device->dev, need->name);
	long err = PTR_ERR_OR_ZERO(supply) ?: regulator_enable(supply);

	if (err) {
		if (!IS_ERR(supply))
			regulator_put(supply);
		return err;
	}
	need->supply = supply;
	return 0;
}

static void give_supply(struct need *need)
{
	regulator_disable(need->supply);
	regulator_put(need->supply);
}

static long take_reset(struct cell_device *device, struct need *need, int index)
{
	struct reset_control *reset;
	long err;

	reset = of_reset_control_get_shared_by_index(device->dev.of_node, index);
	err = PTR_ERR_OR_ZERO(reset) ?: reset_control_deassert(reset);
	if (err) {
		if (!IS_ERR(reset))
			reset_control_put(reset);
		return err;
	}
	need->reset = reset;
	return 0;
}

/* It stays out of reset: others may be behind the same line without having asked for it. */
static void give_reset(struct need *need)
{
	reset_control_put(need->reset);
}

static long take_pins(struct cell_device *device, struct need *need, int index)
{
	struct pinctrl *pins = pinctrl_get_select_default(&device->dev);

	if (IS_ERR(pins))
		return PTR_ERR(pins);
	need->pins = pins;
	return 0;
}

static void give_pins(struct need *need)
{
	pinctrl_put(need->pins);
}

static long (*const take_kind[KINDS])(struct cell_device *device, struct need *need, int index) = {
	[CLOCK] = take_clock, [POWER_DOMAIN] = take_domain, [SUPPLY] = take_supply,
	[RESET] = take_reset, [PINS] = take_pins,
};

static void (*const give_kind[KINDS])(struct need *need) = {
	[CLOCK] = give_clock, [POWER_DOMAIN] = give_domain, [SUPPLY] = give_supply,
	[RESET] = give_reset, [PINS] = give_pins,
};

/* ---- Everything of a device ---- */

static void take(struct cell_device *device, enum kind kind, int index, const char *name)
{
	struct need *need = kzalloc(sizeof(*need), GFP_KERNEL);

	if (!need) {
		pr_warn("%pOF: no memory to hold %s %s\n", device->dev.of_node, kind_names[kind],
			name);
		return;
	}
	need->kind = kind;
	strscpy(need->name, name, sizeof(need->name));
	need->err = take_kind[kind](device, need, index);
	if (need->err)
		pr_warn("%pOF: Linux does not give %s \"%s\", which the cell's device may need: "
			"error %ld\n",
			device->dev.of_node, kind_names[kind], name, need->err);
	list_add_tail(&need->list, &device->needs);
}

/* Each entry of a property like "clocks", by its name or else its number. */
static void take_listed(struct cell_device *device, enum kind kind, const char *property,
			const char *cells, const char *names)
{
	struct device_node *node = device->dev.of_node;
	int i, count = of_count_phandle_with_args(node, property, cells);

	for (i = 0; i < count; i++) {
		const char *name;
		char number[16];

		if (of_property_read_string_index(node, names, i, &name)) {
			snprintf(number, sizeof(number), "%d", i);
			name = number;
		}
		take(device, kind, i, name);
	}
}

static void take_supplies(struct cell_device *device)
{
	static const char suffix[] = "-supply";
	struct property *property;

	for_each_property_of_node(device->dev.of_node, property)
	{
		size_t size = strlen(property->name);
		char name[sizeof_field(struct need, name)];

		if (size < sizeof(suffix) || size - sizeof(suffix) + 1 >= sizeof(name) ||
		    strcmp(property->name + size - sizeof(suffix) + 1, suffix))
			continue;
		strscpy(name, property->name, size - sizeof(suffix) + 2);
		take(device, SUPPLY, 0, name);
	}
}

/* In the order in which a driver of Linux would have them before it touches its device. */
static void take_all(struct cell_device *device)
{
	struct device_node *node = device->dev.of_node;
	int err;

	if (of_property_read_bool(node, "pinctrl-0"))
		take(device, PINS, 0, "default");
	err = of_clk_set_defaults(node, false);
	if (err)
		pr_warn("%pOF: Linux does not set its assigned clocks: error %d\n", node, err);
	take_listed(device, POWER_DOMAIN, "power-domains", "#power-domain-cells",
		    "power-domain-names");
	take_supplies(device);
	take_listed(device, CLOCK, "clocks", "#clock-cells", "clock-names");
	take_listed(device, RESET, "resets", "#reset-cells", "reset-names");
}

static void give_all(struct cell_device *device)
{
	while (!list_empty(&device->needs)) {
		struct need *need = list_last_entry(&device->needs, struct need, list);

		if (!need->err)
			give_kind[need->kind](need);
		list_del(&need->list);
		kfree(need);
	}
}

/* ---- What is shown ---- */

static ssize_t show_kind(struct device *dev, char *buf, enum kind kind)
{
	struct need *need;
	int at = 0;

	list_for_each_entry(need, &to_cell_device(dev)->needs, list)
	{
		if (need->err || need->kind != kind)
			continue;
		if (kind == CLOCK)
			at += sysfs_emit_at(buf, at, "%s %lu Hz\n", need->name,
					    clk_get_rate(need->clock));
		else
			at += sysfs_emit_at(buf, at, "%s\n", need->name);
	}
	return at;
}

#define KIND_ATTR(file, kind)                                                                    \
	static ssize_t file##_show(struct device *dev, struct device_attribute *attr, char *buf) \
	{                                                                                        \
		return show_kind(dev, buf, kind);                                                \
	}                                                                                        \
	static DEVICE_ATTR_RO(file)

KIND_ATTR(clocks, CLOCK);
KIND_ATTR(power_domains, POWER_DOMAIN);
KIND_ATTR(supplies, SUPPLY);
KIND_ATTR(resets, RESET);
KIND_ATTR(pins, PINS);

static ssize_t missing_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct need *need;
	int at = 0;

	list_for_each_entry(need, &to_cell_device(dev)->needs, list)
	{
		if (need->err)
			at += sysfs_emit_at(buf, at, "%s %s: error %ld\n", kind_names[need->kind],
					    need->name, need->err);
	}
	return at;
}
static DEVICE_ATTR_RO(missing);

static struct attribute *cell_device_attrs[] = { &dev_attr_clocks.attr,
						 &dev_attr_power_domains.attr,
						 &dev_attr_supplies.attr,
						 &dev_attr_resets.attr,
						 &dev_attr_pins.attr,
						 &dev_attr_missing.attr,
						 NULL };
ATTRIBUTE_GROUPS(cell_device);

static void cell_device_release(struct device *dev)
{
	of_node_put(dev->of_node);
	kfree(to_cell_device(dev));
}

static const struct device_type cell_device_type = {
	.name = "cellblock-device",
	.groups = cell_device_groups,
	.release = cell_device_release,
};

/* ---- Which devices? ---- */

/* A bus has registers around those of its devices: it is none of the cell's. */
static bool has_registers(const struct cell *cell, struct device_node *node)
{
	struct resource res;
	u32 n;

	for (n = 0; !of_address_to_resource(node, n, &res); n++) {
		for_each_region (region, cell->config)
			if ((region->flags & (CB_REGION_IO | CB_REGION_SHARED)) == CB_REGION_IO &&
			    cb_range_contains(region->phys, region->size, res.start,
					      resource_size(&res)))
				return true;
	}
	return false;
}

static int add_device(struct cell *cell, struct device_node *node)
{
	struct cell_device *device = kzalloc(sizeof(*device), GFP_KERNEL);
	int err;

	if (!device)
		return -ENOMEM;
	INIT_LIST_HEAD(&device->needs);
	device->dev.type = &cell_device_type;
	device->dev.parent = cellblock.misc.this_device;
	/* Without its fwnode: there is no driver for whose sake suppliers would be waited for. */
	device->dev.of_node = of_node_get(node);
	device_initialize(&device->dev);
	err = dev_set_name(&device->dev, "%u:%pOF", cell->id, node);
	if (!err) {
		take_all(device);
		err = device_add(&device->dev);
	}
	if (err) {
		give_all(device);
		put_device(&device->dev);
		return err;
	}
	list_add_tail(&device->list, &cell->devices);
	return 0;
}

/* For a cell that exists. What fails is reported, and the cell goes without it. */
void cb_devices_take(struct cell *cell)
{
	struct device_node *node;
	int err;

	for_each_node_with_property(node, "reg")
	{
		if (!has_registers(cell, node))
			continue;
		err = add_device(cell, node);
		if (err)
			pr_warn("%pOF: cannot hold what it needs for cell \"%s\": error %d\n", node,
				cell->config->header.name, err);
	}
}

void cb_devices_give_back(struct cell *cell)
{
	while (!list_empty(&cell->devices)) {
		struct cell_device *device =
			list_last_entry(&cell->devices, struct cell_device, list);

		list_del(&device->list);
		device_del(&device->dev);
		give_all(device);
		put_device(&device->dev);
	}
}
