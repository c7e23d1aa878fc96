# The Hasten server with a minimal Java runtime.
#
#   docker build -t hasten .
#   docker run -p 127.0.0.1:4466:4466 -e DATABASE_URL=postgresql://... -e HASTEN_API_KEY=... hasten
#
# Builds with Docker 20.10 or later (with and without BuildKit), Podman 4.3 and buildah 1.28 or later, so it uses none of the
# newer instructions and options. RUN steps use paths relative to WORKDIR, because deploy/verify also executes them in a temporary
# directory, without a container engine. bin/package builds the last stage with the files of the release archive.

FROM node:24-bookworm-slim AS node

FROM maven:3.9-eclipse-temurin-25 AS build
COPY --from=node /usr/local /usr/local/
WORKDIR /build

# npm's downloads: a layer that stays cached until a lock file changes. The build does not run npm if these copies of the lock
# files exist.
COPY query-compiler/package.json query-compiler/package-lock.json query-compiler/.npmrc query-compiler/
COPY admin/dashboard/package.json admin/dashboard/package-lock.json admin/dashboard/.npmrc admin/dashboard/
RUN for folder in query-compiler admin/dashboard; do \
        (cd $folder && npm ci --loglevel=error && cp package-lock.json node_modules/.hasten-installed) || exit 1; \
    done

# Maven's downloads: a layer that stays cached until a pom.xml changes. The compiler's plugins are downloaded only if there is
# something to compile.
COPY .mvn .mvn/
COPY pom.xml ./
COPY protocol/pom.xml protocol/
COPY query-compiler/pom.xml query-compiler/
COPY proxy-server/pom.xml proxy-server/
COPY bench/pom.xml bench/
COPY bench/micro.d/pom.xml bench/micro.d/
COPY admin/pom.xml admin/
RUN mkdir -p protocol/src/main/java && echo 'class Empty {}' >protocol/src/main/java/Empty.java \
    && mvn -B -ntp -q -DskipTests -Dspotless.check.skip=true -Dexec.skip=true \
        -Dcompiler.warnings=-Xlint -pl admin -am package \
    && rm -r protocol/src */target

# The Java runtime; jlink.options lists its modules and the reasons.
COPY deploy/package deploy/package/
RUN deploy/package/assemble runtime image

COPY LICENSE NOTICE ./
COPY protocol protocol/
COPY query-compiler query-compiler/
COPY proxy-server proxy-server/
COPY bench bench/
COPY admin admin/
RUN mvn -B -ntp -q -o -DskipTests -Dspotless.check.skip=true -pl admin -am package

# The AOT cache halves the startup time. Without it, the server only starts more slowly.
COPY bin/train bin/
COPY deploy/java.options deploy/hasten.service deploy/hasten.env.example deploy/hasten.example.yaml deploy/
RUN deploy/package/assemble program image && { deploy/package/assemble aot image || echo "could not create an AOT cache"; }

# Without the embedded PostgreSQL: a container's database is always set by DATABASE_URL or the configuration, and a database
# started by accident would lose its data with the container.
RUN rm -r image/lib/postgres && cp deploy/package/image/heap.options image/


# The files of a few Debian packages: the C library, and BusyBox as the shell. The image of Debian is 65 MB larger. Scanners for
# vulnerabilities read the packages' versions in status.d.
FROM debian:trixie-slim AS base
WORKDIR /image
RUN apt-get update && apt-get install -y --no-install-recommends busybox \
    && dpkg -L base-files libc6 busybox | sort -u | tar --create --no-recursion --ignore-failed-read --files-from=- 2>/dev/null \
        | tar --extract \
    && cp /etc/passwd /etc/group /etc/nsswitch.conf etc/ \
    && mkdir -p var/lib/dpkg/status.d \
    && for package in base-files libc6 busybox; do dpkg -s $package >var/lib/dpkg/status.d/$package || exit 1; done \
    && chroot . /usr/bin/busybox --install -s


FROM scratch
LABEL org.opencontainers.image.title="Hasten" \
      org.opencontainers.image.description="Self-hosted, Accelerate-compatible query proxy for PostgreSQL" \
      org.opencontainers.image.licenses="Apache-2.0"

ENV LANG=C.UTF-8 \
    PATH=/opt/hasten/bin:/opt/hasten/java/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HASTEN_STATE_DIR=/var/lib/hasten \
    HASTEN_LOG_FORMAT=json

COPY --from=base /image /
COPY --from=build /build/image /opt/hasten/

# Holds generated keys and tokens, so only the server's user may read it.
WORKDIR /var/lib/hasten
RUN chown 10001:10001 . && chmod 700 .
VOLUME /var/lib/hasten

# A numeric user id: Kubernetes needs it to verify that the user is not root.
USER 10001:10001

# The admin port, 4467, listens only on the container's loopback interface.
EXPOSE 4466

# Checks liveness, not readiness: a container must not be replaced because its database is unavailable.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["hasten-health", "/health"]

# The launcher uses exec to run Java, so that Java receives the SIGTERM of `docker stop`.
STOPSIGNAL SIGTERM
ENTRYPOINT ["hasten"]
CMD ["serve"]
