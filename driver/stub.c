// SPDX-License-Identifier: GPL-2.0-only
/*
 * Once the entry vectors of an image were set, VBAR_EL2 of CPUs points into its first page, also
 * when the hypervisor was disabled: what lies there answers Linux's calls of its hyp stub, until
 * another image takes over or the machine is reset. So the page stays claimed, and longer than
 * this module is loaded: claim and name are an allocation that the next module finds by the name.
 */
#include <linux/ioport.h>
#include <linux/slab.h>

#include "cellblock.h"

#define STUB_NAME "cellblock stub"

struct stub {
	struct resource claim;
	char name[sizeof(STUB_NAME)];
};

/* lock; that of the region in use, out of the tree meanwhile, and whether it was in it before. */
static struct stub *stub;
static bool was_claimed;

static struct stub *new_stub(u64 phys)
{
	struct stub *new = kzalloc(sizeof(*new), GFP_KERNEL);

	if (!new)
		return NULL;
	strscpy(new->name, STUB_NAME, sizeof(new->name));
	new->claim = (struct resource){
		.name = new->name,
		.start = phys,
		.end = phys + CB_PAGE_SIZE - 1,
		.flags = IORESOURCE_MEM | IORESOURCE_BUSY | IORESOURCE_EXCLUSIVE,
	};
	return new;
}

static struct stub *find(u64 phys, bool there)
{
	struct resource *claim = cb_iomem_find(STUB_NAME, phys, there);

	return claim ? container_of(claim, struct stub, claim) : NULL;
}

/* The page may become part of the claim on a region that begins with it. */
int cb_stub_open(u64 phys)
{
	stub = find(phys, true);
	was_claimed = stub;
	if (was_claimed)
		remove_resource(&stub->claim);
	else
		stub = new_stub(phys);
	return stub ? 0 : -ENOMEM;
}

/* CPUs may use it from now on. The claim on the region may still be there: this one outlives it. */
void cb_stub_keep(void)
{
	if (insert_resource(&iomem_resource, &stub->claim))
		pr_err("somebody claims the memory of the stub at EL2\n");
	stub = NULL;
}

/* No vectors were set. */
void cb_stub_restore(void)
{
	if (was_claimed)
		cb_stub_keep();
	else
		kfree(stub);
	stub = NULL;
}

/* All CPUs have their vectors in the image that is at @phys. */
void cb_stub_drop_others(u64 phys)
{
	struct stub *other;

	while ((other = find(phys, false))) {
		remove_resource(&other->claim);
		kfree(other);
	}
}
