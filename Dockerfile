# Images whose server has botsession; a database gets it by its migration, see docs/install.md.
#
#	docker build --tag postgres-botsession .
#	docker build --tag supabase-botsession --target supabase .
#
# Both take --build-arg PG_MAJOR=15 (or 17, 18); the second one also the tag of the image that your Supabase runs, of the
# same major version, as SUPABASE_POSTGRES.

ARG PG_MAJOR=17
ARG SUPABASE_POSTGRES=17.6.1.136

# Debian 12, because a library built there needs no newer C library than any of the images below has.
FROM postgres:${PG_MAJOR}-bookworm AS build
RUN apt-get update && \
    apt-get install --yes --no-install-recommends gcc libc6-dev make postgresql-server-dev-${PG_MAJOR}
WORKDIR /usr/src/botsession
COPY Makefile botsession.control ./
COPY src src
COPY sql sql
RUN make PG_CONFIG=/usr/lib/postgresql/${PG_MAJOR}/bin/pg_config with_llvm=no DESTDIR=/installed install

# A Nix store: its server looks for libraries in the folder that the wrapper of its program names.
FROM supabase/postgres:${SUPABASE_POSTGRES} AS supabase
USER root
COPY --from=build /installed /tmp/botsession
RUN libraries=$(sed -n "s/^export NIX_PGLIBDIR='\(.*\)'.*/\1/p" "$(command -v postgres)") && \
    test -d "$libraries" && \
    install -m 755 /tmp/botsession/usr/lib/postgresql/*/lib/botsession.so "$libraries" && \
    install -m 644 /tmp/botsession/usr/share/postgresql/*/extension/* "$(pg_config --sharedir)/extension" && \
    rm -r /tmp/botsession

FROM postgres:${PG_MAJOR}
COPY --from=build /installed /
