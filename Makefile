# botsession: sessions of messaging bots, kept in PostgreSQL
#
#   make, make install, make installcheck	as for every PGXS extension
#   make demo					see it at work, nothing to prepare
#   make check					all tests that need only packages
#   make check TESTS='touch_many_order'		that test alone
#   make help					what else there is

EXTENSION = botsession
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(EXTENSION).control)

MODULE_big = botsession
OBJS = \
	src/announcement.o \
	src/arguments.o \
	src/audit_trigger.o \
	src/botsession.o \
	src/data.o \
	src/data_cache.o \
	src/data_direct.o \
	src/data_entries.o \
	src/data_load.o \
	src/data_spi.o \
	src/data_table.o \
	src/data_trigger.o \
	src/direct_scan.o \
	src/direct_table.o \
	src/end.o \
	src/event_direct.o \
	src/events.o \
	src/json_element.o \
	src/json_string.o \
	src/kept_plan.o \
	src/lease.o \
	src/lease_check.o \
	src/lease_direct.o \
	src/lease_row.o \
	src/lease_spi.o \
	src/lease_table.o \
	src/lease_trigger.o \
	src/maintain_trigger.o \
	src/owner_switch.o \
	src/save_many.o \
	src/schema.o \
	src/session_audit.o \
	src/session_cache.o \
	src/session_direct.o \
	src/session_maintain.o \
	src/session_result.o \
	src/session_row.o \
	src/session_spi.o \
	src/session_table.o \
	src/session_update.o \
	src/start.o \
	src/table_cache.o \
	src/touch.o \
	src/touch_many.o \
	src/trigger_call.o \
	src/version.o

DATA = $(wildcard sql/*--*.sql) sql/create_bot_sessions.sql
ASSEMBLED = sql/create_bot_sessions.sql sql/$(EXTENSION)--$(EXTVERSION).sql
ASSEMBLE = awk -v version=$(EXTVERSION) -f sql/source/assemble.awk
SQL_SOURCES = $(EXTENSION).control $(wildcard sql/source/*) $(wildcard sql/source/*/*.sql)
PG_CPPFLAGS = -DBOTSESSION_VERSION=\"$(EXTVERSION)\"

REGRESS = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test
# The first one installs what the others test.
ISOLATION = isolation_install $(filter-out isolation_install,$(patsubst test/specs/%.spec,%,$(sort $(wildcard test/specs/*.spec))))
ISOLATION_OPTS = --inputdir=test --outputdir=.

# These bring a PostgreSQL of their own.  PGXS has a target check that only
# says it is not supported, so its rules stay out when one of these is asked for.
PARTS = $(patsubst test/parts/%.sh,check-%,$(sort $(wildcard test/parts/*.sh)))
STANDALONE = check check-all $(PARTS) demo bench bench-quick bench-data bench-design bench-node screenshots dist help

ifneq ($(filter $(STANDALONE),$(MAKECMDGOALS)),)
.PHONY: $(MAKECMDGOALS)
about = sed -n 's/^$@:.*\#\# /== make $@: /p' $(firstword $(MAKEFILE_LIST))

check: ## run every test that needs only packages: 10 minutes, a bare machine installs 500 MB first; TESTS='NAME ...' runs those alone
	@$(about)
	@bash test/check.sh

check-all: ## make check, and every part below that begins with check-: 30 minutes on two cores, 5 GB in the cache
	@$(about)
	@bash test/check-all.sh

$(PARTS): check-%:
	@bash test/parts/$*.sh

demo: ## build, start a private PostgreSQL, show a session's life in it: 15 seconds, a bare machine installs 230 MB first
	@$(about)
	@bash test/demo.sh

bench: ## measure against the statements people write, on a quiet machine, 25 minutes
	@bash test/bench/run.sh full

bench-quick: ## the same in a few minutes, less exact
	@bash test/bench/run.sh quick

bench-design: ## measure what the table's layout was chosen by: fillfactor, storage, autovacuum; an hour
	@bash test/bench/design.sh

bench-data: ## measure saving and loading of what bots log in with, against bare statements, 15 minutes
	@bash test/bench/data.sh full

bench-node: ## measure the manager and the stores of clients/node through PostgREST, a minute or two
	@bash test/bench/node.sh

screenshots: ## take the README's picture of the console anew, half a minute
	@bash test/screenshots.sh

dist: ## pack the commit that is checked out: botsession-VERSION.zip, as PGXN wants it, and .tgz, for npm
	git archive --format=zip --prefix=$(EXTENSION)-$(EXTVERSION)/ --output=$(EXTENSION)-$(EXTVERSION).zip HEAD
	@command -v npm >/dev/null || { echo 'no npm: $(EXTENSION)-$(EXTVERSION).tgz was not made'; exit; }; \
		dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
		git archive HEAD LICENSE sql/create_bot_sessions.sql clients/node examples/node/bots | tar -xf - -C "$$dir" && \
		npm pack --silent --pack-destination '$(CURDIR)' "$$dir/clients/node"

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 20
	@for part in $(PARTS:check-%=%); do printf 'check-%s\t' $$part; sed -n '2s/^# //p' test/parts/$$part.sh; done | expand -t 20
else
PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq ($(wildcard $(PGXS)),)
$(error PostgreSQL's development files are missing: install postgresql-server-dev-NN or name their pg_config with PG_CONFIG=. "make demo" and "make check" need neither)
endif
include $(PGXS)

$(OBJS): $(wildcard src/*.h) $(EXTENSION).control

# What is installed is put together from the files in sql/source, and committed.
all: $(ASSEMBLED)
$(ASSEMBLED): $(SQL_SOURCES)
	$(ASSEMBLE) >$@.new
	mv $@.new $@
sql/create_bot_sessions.sql: ASSEMBLE += sql/source/migration.sql
sql/$(EXTENSION)--$(EXTVERSION).sql: ASSEMBLE += -v schema=public sql/source/extension.sql

# One function as the migration makes it, for psql
sql/build/%.sql: sql/source/functions/%.sql $(SQL_SOURCES)
	mkdir -p sql/build
	$(ASSEMBLE) $< >$@
endif
