/*-------------------------------------------------------------------------
 *
 * announcement.h
 *		What the functions tell the audit trail of a change.
 *
 *-------------------------------------------------------------------------
 */
#ifndef ANNOUNCEMENT_H
#define ANNOUNCEMENT_H

/* The operations that are announced. */
#define OPERATION_START		"bot_session_start"
#define OPERATION_END		"bot_session_end"
#define OPERATION_EXPIRE	"bot_session_expire"
#define OPERATION_FORGET	"bot_session_forget"

/* Settings botsession.operation and botsession.reason: for PL/pgSQL alone */
extern char *announcement_operation_setting;
extern char *announcement_reason_setting;

extern int	announcement_begin(const char *operation, text *session_id,
							   text *reason);
extern void announcement_end(int nestlevel);
extern bool announcement_is_pending(void);
extern const char *announcement_operation(const char *session_id);
extern char *announcement_take(void);
extern const char *announcement_show_operation(void);
extern const char *announcement_show_reason(void);

#endif							/* ANNOUNCEMENT_H */
