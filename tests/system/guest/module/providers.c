// SPDX-License-Identifier: GPL-2.0-only
/*
 * providers.ko: a clock, a power domain, a supply, a reset and pins that are on, as firmware leaves
 * them, until somebody asks for what nobody holds to be turned off (scripts/providers.dtso). What
 * is on is in the module's parameters: clock, domain, supply, reset (true: out of reset), pins.
 */
#include <linux/clk.h>
#include <linux/clk-provider.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/pinctrl/machine.h>
#include <linux/pinctrl/pinctrl.h>
#include <linux/pinctrl/pinmux.h>
#include <linux/platform_device.h>
#include <linux/pm_domain.h>
#include <linux/regulator/driver.h>
#include <linux/reset-controller.h>
#include <linux/slab.h>

#define RATE	   48000000UL
#define OTHER_RATE 24000000UL

/* What is on, and what somebody holds. */
#define THING(name)              \
	static bool name = true; \
	static bool name##_held; \
	module_param(name, bool, 0444)
THING(clock);
THING(domain);
THING(supply);
THING(reset);
THING(pins);

static unsigned long rate = RATE;

/* ---- Clock ---- */

static int clock_enable(struct clk_hw *hw)
{
	clock = clock_held = true;
	return 0;
}

static void clock_disable(struct clk_hw *hw)
{
	clock = clock_held = false;
}

static unsigned long clock_rate(struct clk_hw *hw, unsigned long parent)
{
	return rate;
}

static int clock_determine(struct clk_hw *hw, struct clk_rate_request *request)
{
	return 0;
}

static int clock_set_rate(struct clk_hw *hw, unsigned long to, unsigned long parent)
{
	rate = to;
	return 0;
}

static const struct clk_ops clock_ops = {
	.enable = clock_enable,
	.disable = clock_disable,
	.recalc_rate = clock_rate,
	.determine_rate = clock_determine,
	.set_rate = clock_set_rate,
};

static const struct clk_init_data clock_init = {
	.name = "cellblock-test",
	.ops = &clock_ops,
	.flags = CLK_GET_RATE_NOCACHE,
};

static struct clk_hw clock_hw = { .init = &clock_init };

/* ---- Power domain ---- */

static int domain_on(struct generic_pm_domain *genpd)
{
	domain = domain_held = true;
	return 0;
}

static int domain_off(struct generic_pm_domain *genpd)
{
	domain = domain_held = false;
	return 0;
}

static struct generic_pm_domain power_domain = {
	.name = "cellblock-test",
	.power_on = domain_on,
	.power_off = domain_off,
};

/* ---- Supply ---- */

static int supply_enable(struct regulator_dev *regulator)
{
	supply = supply_held = true;
	return 0;
}

static int supply_disable(struct regulator_dev *regulator)
{
	supply = supply_held = false;
	return 0;
}

/* What firmware left on cannot be read from this one. */
static int supply_is_enabled(struct regulator_dev *regulator)
{
	return supply_held;
}

static const struct regulator_ops supply_ops = {
	.enable = supply_enable,
	.disable = supply_disable,
	.is_enabled = supply_is_enabled,
};

static const struct regulator_desc supply_desc = {
	.name = "cellblock-test",
	.of_match = "supply",
	.type = REGULATOR_VOLTAGE,
	.owner = THIS_MODULE,
	.ops = &supply_ops,
};

/* ---- Reset ---- */

static int reset_assert(struct reset_controller_dev *controller, unsigned long id)
{
	reset = reset_held = false;
	return 0;
}

static int reset_deassert(struct reset_controller_dev *controller, unsigned long id)
{
	reset = reset_held = true;
	return 0;
}

static const struct reset_control_ops reset_ops = {
	.assert = reset_assert,
	.deassert = reset_deassert,
};

static int reset_number(struct reset_controller_dev *controller, const struct of_phandle_args *args)
{
	return 0;
}

static struct reset_controller_dev reset_controller = {
	.ops = &reset_ops,
	.owner = THIS_MODULE,
	.nr_resets = 1,
	.of_xlate = reset_number,
};

/* ---- Pins ---- */

static const struct pinctrl_pin_desc pin = PINCTRL_PIN(0, "pin");
static const unsigned int group_pins[] = { 0 };
static const char *const groups[] = { "group" };

static int one(struct pinctrl_dev *pinctrl)
{
	return 1;
}

static const char *group_name(struct pinctrl_dev *pinctrl, unsigned int number)
{
	return groups[0];
}

static int get_group_pins(struct pinctrl_dev *pinctrl, unsigned int number,
			  const unsigned int **list, unsigned int *count)
{
	*list = group_pins;
	*count = 1;
	return 0;
}

static int node_to_map(struct pinctrl_dev *pinctrl, struct device_node *node,
		       struct pinctrl_map **map, unsigned int *count)
{
	*map = kzalloc(sizeof(**map), GFP_KERNEL);
	if (!*map)
		return -ENOMEM;
	(*map)->type = PIN_MAP_TYPE_MUX_GROUP;
	(*map)->data.mux.group = groups[0];
	(*map)->data.mux.function = "uart";
	*count = 1;
	return 0;
}

static void free_map(struct pinctrl_dev *pinctrl, struct pinctrl_map *map, unsigned int count)
{
	kfree(map);
}

static const struct pinctrl_ops pinctrl_ops = {
	.get_groups_count = one,
	.get_group_name = group_name,
	.get_group_pins = get_group_pins,
	.dt_node_to_map = node_to_map,
	.dt_free_map = free_map,
};

static const char *function_name(struct pinctrl_dev *pinctrl, unsigned int number)
{
	return "uart";
}

static int function_groups(struct pinctrl_dev *pinctrl, unsigned int number,
			   const char *const **list, unsigned int *count)
{
	*list = groups;
	*count = 1;
	return 0;
}

static int set_mux(struct pinctrl_dev *pinctrl, unsigned int function, unsigned int group)
{
	pins = pins_held = true;
	return 0;
}

static int free_pin(struct pinctrl_dev *pinctrl, unsigned int number)
{
	pins_held = false;
	return 0;
}

static const struct pinmux_ops pinmux_ops = {
	.get_functions_count = one,
	.get_function_name = function_name,
	.get_function_groups = function_groups,
	.set_mux = set_mux,
	.free = free_pin,
};

static struct pinctrl_desc pinctrl_desc = {
	.name = "cellblock-test",
	.pins = &pin,
	.npins = 1,
	.pctlops = &pinctrl_ops,
	.pmxops = &pinmux_ops,
	.owner = THIS_MODULE,
};

/* ---- Everything ---- */

/* Turn off what nobody holds, as Linux does at the end of its boot, and drivers later. */
static int sweep(const char *value, const struct kernel_param *param)
{
	clock = clock_held;
	domain = domain_held;
	supply = supply_held;
	reset = reset_held;
	pins = pins_held;
	return 0;
}

static const struct kernel_param_ops sweep_ops = { .set = sweep };
module_param_cb(sweep, &sweep_ops, NULL, 0200);

/* Somebody else wants another rate: "1" if it was changed. */
static int change_rate(const char *value, const struct kernel_param *param)
{
	struct clk *clk = clk_hw_get_clk(&clock_hw, "providers");
	int err;

	if (IS_ERR(clk))
		return PTR_ERR(clk);
	err = clk_set_rate(clk, OTHER_RATE);
	clk_put(clk);
	return err;
}

static const struct kernel_param_ops change_rate_ops = { .set = change_rate };
module_param_cb(change_rate, &change_rate_ops, NULL, 0200);

static void remove_domain(void *node)
{
	of_genpd_del_provider(node);
	pm_genpd_remove(&power_domain);
}

static int add_domain(struct device *dev)
{
	int err = pm_genpd_init(&power_domain, NULL, true)
			  ?: of_genpd_add_provider_simple(dev->of_node, &power_domain);

	return err ?: devm_add_action_or_reset(dev, remove_domain, dev->of_node);
}

static int probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct regulator_config config = { .dev = dev };

	reset_controller.of_node = dev->of_node;
	return devm_clk_hw_register(dev, &clock_hw) ?:
	       devm_of_clk_add_hw_provider(dev, of_clk_hw_simple_get, &clock_hw) ?:
	       add_domain(dev) ?:
	       PTR_ERR_OR_ZERO(devm_regulator_register(dev, &supply_desc, &config)) ?:
	       devm_reset_controller_register(dev, &reset_controller) ?:
	       PTR_ERR_OR_ZERO(devm_pinctrl_register(dev, &pinctrl_desc, NULL));
}

static const struct of_device_id ids[] = { { .compatible = "cellblock,test-provider" }, {} };
MODULE_DEVICE_TABLE(of, ids);

static struct platform_driver provider = {
	.probe = probe,
	.driver = { .name = "cellblock-test-provider", .of_match_table = ids },
};
module_platform_driver(provider);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Providers of clocks, power and pins for Cellblock's tests");
