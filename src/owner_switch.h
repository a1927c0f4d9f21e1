/*-------------------------------------------------------------------------
 *
 * owner_switch.h
 *		Acting as the owner of a table.
 *
 *-------------------------------------------------------------------------
 */
#ifndef OWNER_SWITCH_H
#define OWNER_SWITCH_H

/* Whom owner_switch_back() switches back to; an error does it by itself. */
typedef struct OwnerSwitch
{
	Oid			userid;
	int			sec_context;
	int			guc_nestlevel;
} OwnerSwitch;

extern void owner_require(Oid schema, Oid relid);
extern void owner_switch(OwnerSwitch *caller, Oid schema, Oid relid);
extern void owner_switch_back(const OwnerSwitch *caller);

#endif							/* OWNER_SWITCH_H */
