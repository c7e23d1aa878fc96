# The Hasten server with a minimal Java runtime.
#
#   docker build -t hasten .
#   docker run -p 127.0.0.1:4466:4466 -e DATABASE_URL=postgresql://... -e HASTEN_API_KEY=... hasten
#
# RUN steps use paths relative to WORKDIR, because deploy/verify executes them in a temporary directory, without Docker.

FROM eclipse-temurin:25-jdk-noble AS build
RUN apt-get update && apt-get install -y --no-install-recommends maven npm && rm -rf /var/lib/apt/lists/*
WORKDIR /build

# Downloads all Maven dependencies into a layer that stays cached when sources change. Modules without sources produce
# empty jars; removing them makes Maven build the real ones later. The query compiler and the dashboard come from npm.
COPY .mvn .mvn/
COPY pom.xml ./
COPY protocol/pom.xml protocol/
COPY query-compiler/pom.xml query-compiler/package.json query-compiler/package-lock.json query-compiler/.npmrc query-compiler/prepare query-compiler/
COPY query-compiler/src/build query-compiler/src/build/
COPY proxy-server/pom.xml proxy-server/
COPY bench/pom.xml bench/
COPY bench/micro.d/pom.xml bench/micro.d/
COPY admin/pom.xml admin/
COPY admin/dashboard admin/dashboard/
RUN mvn -B -ntp -q -DskipTests -Dspotless.check.skip=true -pl admin -am package && rm -r */target

# The Java runtime; deploy/docker/jlink.options lists its modules and the reasons.
COPY deploy/docker deploy/docker/
RUN mkdir image && jlink @deploy/docker/jlink.options --output image/java && image/java/bin/java -Xshare:dump -Xlog:disable

COPY LICENSE NOTICE ./
COPY protocol protocol/
COPY query-compiler query-compiler/
COPY proxy-server proxy-server/
COPY bench bench/
COPY admin admin/
RUN mvn -B -ntp -q -DskipTests -Dspotless.check.skip=true -pl admin -am package

# Without the embedded PostgreSQL: a container's database is always set by DATABASE_URL or the configuration, the
# binaries are most of the class path's size, and a database started by accident would lose its data with the
# container. Only the embedded PostgreSQL needs commons-* and xz.
RUN mkdir image/lib && cp LICENSE NOTICE image/ && cp admin/target/hasten-admin-*.jar admin/target/lib/*.jar image/lib/ \
    && rm -f image/lib/embedded-postgres*.jar image/lib/commons-*.jar image/lib/xz-*.jar

# By default, Netty unpacks its native library into /tmp, which is mounted noexec when the root file system is read-only.
# Java finds the library in image/native through java.library.path instead.
RUN mkdir image/unpacked image/native && cd image/unpacked \
    && for jar in ../lib/netty-transport-native-epoll-*.jar; do jar --extract --file "$jar"; done \
    && mv META-INF/native/*.so ../native/ && cd .. && rm -r unpacked

COPY deploy/java.options deploy/
RUN mkdir image/bin && cp deploy/docker/hasten deploy/docker/hasten-health image/bin/ && chmod 755 image/bin/* \
    && cp deploy/java.options image/ \
    && javac --release 25 -Xlint:all -Werror -d image/health deploy/docker/HealthCheck.java

# The AOT cache halves the startup time. Creating it requires a running PostgreSQL, which refuses to run as root. The
# cache also works in a directory other than the one it was created in. Without it, the server only starts more slowly.
COPY bin/train bin/
RUN mkdir trained && chown nobody trained \
    && class_path() { printf ':%s' "$@" | cut -c 2-; } \
    && { HELPERS_JAVA_HOME=$JAVA_HOME JAVA_HOME=$PWD/image/java setpriv --reuid nobody --regid nogroup --clear-groups \
            bin/train trained/hasten.aot "$(class_path image/lib/*.jar)" \
            "$(class_path admin/target/hasten-admin-*.jar admin/target/lib/*.jar)" && cp trained/hasten.aot image/ \
        || echo "could not create an AOT cache"; }


FROM ubuntu:24.04
LABEL org.opencontainers.image.title="Hasten" \
      org.opencontainers.image.description="Self-hosted, Accelerate-compatible query proxy for PostgreSQL" \
      org.opencontainers.image.licenses="Apache-2.0"

ENV LANG=C.UTF-8 \
    PATH=/opt/hasten/bin:/opt/hasten/java/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HASTEN_STATE_DIR=/var/lib/hasten \
    HASTEN_LOG_FORMAT=json

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
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --start-interval=1s --retries=3 CMD ["hasten-health", "/health"]

# The launcher uses exec to run Java, so that Java receives the SIGTERM of `docker stop`.
STOPSIGNAL SIGTERM
ENTRYPOINT ["hasten"]
CMD ["serve"]
