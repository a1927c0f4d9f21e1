/*-------------------------------------------------------------------------
 *
 * batch.c
 *		bot_session_touch_many() as libFuzzer's target, within a backend.
 *
 * The parser of batches works on what jsonb_in() makes, in the memory of a
 * backend, so the fuzzer comes to it: fuzz_batch() runs libFuzzer's driver,
 * which ends the backend when it is done.  Each input is a call in a
 * subtransaction of its own, which is undone.
 *
 *-------------------------------------------------------------------------
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(fuzz_batch);

extern int	LLVMFuzzerRunDriver(int *argc, char ***argv,
								int (*callback) (const uint8_t *data, size_t size));

static SPIPlanPtr plan;
static MemoryContext each_context;
static uint64 json_batches = 0;

/*
 * A batch is refused for what it is (class 22) or for its depth (class 54).
 * Whatever else it ends with is a find; libFuzzer keeps the input.
 */
static void
check_error(const ErrorData *error)
{
	int			category = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	if (category == ERRCODE_DATA_EXCEPTION ||
		category == ERRCODE_PROGRAM_LIMIT_EXCEEDED)
		return;
	write_stderr("unexpected error %s: %s\n",
				 unpack_sql_state(error->sqlerrcode), error->message);
	abort();
}

static int
touch_many(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *) data;
	ResourceOwner oldowner = CurrentResourceOwner;
	MemoryContext oldcontext = MemoryContextSwitchTo(each_context);

	CHECK_FOR_INTERRUPTS();
	/* What cannot be text does not get to a function */
	if (pg_verify_mbstr(PG_UTF8, bytes, size, true))
	{
		char	   *batch = pnstrdup(bytes, size);

		BeginInternalSubTransaction(NULL);
		MemoryContextSwitchTo(each_context);
		PG_TRY();
		{
			Datum		sessions = DirectFunctionCall1(jsonb_in,
													   CStringGetDatum(batch));

			json_batches++;
			SPI_connect();
			SPI_execute_plan(plan, &sessions, NULL, false, 0);
			SPI_finish();
		}
		PG_CATCH();
		{
			MemoryContextSwitchTo(each_context);
			check_error(CopyErrorData());
			FlushErrorState();
		}
		PG_END_TRY();
		RollbackAndReleaseCurrentSubTransaction();
		CurrentResourceOwner = oldowner;
	}
	MemoryContextSwitchTo(oldcontext);
	MemoryContextReset(each_context);
	return 0;
}

/*
 * libFuzzer does not come back.
 */
static void
report(int code, Datum arg)
{
	write_stderr("batches that were JSON: " UINT64_FORMAT "\n", json_batches);
}

/*
 * fuzz_batch(VARIADIC text[]) returns void
 *
 * Takes the arguments of libFuzzer's command line.
 */
Datum
fuzz_batch(PG_FUNCTION_ARGS)
{
	Oid			argtypes[] = {JSONBOID};
	Datum	   *options;
	int			argc;
	char	  **argv;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), TEXTOID, -1, false, TYPALIGN_INT,
					  &options, NULL, &argc);
	argv = palloc_array(char *, argc + 2);
	argv[0] = pstrdup("fuzz_batch");
	for (int i = 0; i < argc; i++)
		argv[i + 1] = TextDatumGetCString(options[i]);
	argv[++argc] = NULL;

	SPI_connect();
	plan = SPI_prepare("select from bot_session_touch_many($1)",
					   lengthof(argtypes), argtypes);
	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "cannot prepare the call");
	SPI_finish();
	each_context = AllocSetContextCreate(TopMemoryContext, "fuzz_batch",
										 ALLOCSET_DEFAULT_SIZES);

	on_proc_exit(report, (Datum) 0);
	LLVMFuzzerRunDriver(&argc, &argv, touch_many);
	PG_RETURN_VOID();
}
