package dev.hasten.verify.chart;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBackend;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.Endpoint;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What must hold between the manifests of a release. Each method returns the problems that it found. */
final class Release {
    /** Seconds that Hasten may need after drain_timeout: HastenServer.LAST_RESPONSES. */
    private static final int LAST_RESPONSES = 6;

    private static final Pattern SECRET =
            Pattern.compile("://[^/@\\s]*:[^/@\\s]*@|\\b(secret|admin_token|admin_read_token|password):");

    private final Manifests manifests;
    private final PodSpec pod;
    private final Container container;

    Release(Manifests manifests) {
        this.manifests = manifests;
        this.pod = manifests.deployment().getSpec().getTemplate().getSpec();
        this.container = pod.getContainers().getFirst();
    }

    List<String> gracePeriod() {
        Map<String, String> environment = manifests.environment();
        long needed = seconds(environment.getOrDefault("HASTEN_DRAIN_DELAY", "0s"))
                + seconds(environment.getOrDefault("HASTEN_DRAIN_TIMEOUT", "30s"))
                + LAST_RESPONSES;
        Long grace = pod.getTerminationGracePeriodSeconds();
        List<String> problems = new ArrayList<>();
        expect(
                problems,
                grace != null && grace > needed,
                "terminationGracePeriodSeconds is " + grace + ", needed: " + needed);
        expect(problems, container.getLifecycle() == null, "a preStop hook takes time of the grace period");
        return problems;
    }

    private static long seconds(String duration) {
        return Long.parseLong(duration.substring(0, duration.length() - 1));
    }

    /** Every selector matches the labels of the pod, and that of the ServiceMonitor exactly one Service. */
    List<String> selectors() {
        List<String> problems = new ArrayList<>();
        Map<String, String> pods =
                manifests.deployment().getSpec().getTemplate().getMetadata().getLabels();
        selects(problems, "Deployment", manifests.deployment().getSpec().getSelector(), pods);
        manifests
                .each(Service.class)
                .forEach(service -> expect(
                        problems,
                        pods.entrySet()
                                .containsAll(service.getSpec().getSelector().entrySet()),
                        "the selector of the Service " + name(service) + " does not match the pod"));
        manifests
                .one(NetworkPolicy.class)
                .ifPresent(policy ->
                        selects(problems, "NetworkPolicy", policy.getSpec().getPodSelector(), pods));
        manifests
                .one(PodDisruptionBudget.class)
                .ifPresent(budget -> selects(
                        problems, "PodDisruptionBudget", budget.getSpec().getSelector(), pods));
        Optional.ofNullable(pod.getAffinity())
                .map(affinity -> affinity.getPodAntiAffinity())
                .ifPresent(rules -> {
                    rules.getRequiredDuringSchedulingIgnoredDuringExecution()
                            .forEach(term -> selects(problems, "anti-affinity", term.getLabelSelector(), pods));
                    rules.getPreferredDuringSchedulingIgnoredDuringExecution()
                            .forEach(term -> selects(
                                    problems,
                                    "anti-affinity",
                                    term.getPodAffinityTerm().getLabelSelector(),
                                    pods));
                });
        return problems;
    }

    private static void selects(
            List<String> problems, String what, LabelSelector selector, Map<String, String> labels) {
        Map<String, String> wanted = selector.getMatchLabels();
        expect(
                problems,
                !wanted.isEmpty() && labels.entrySet().containsAll(wanted.entrySet()),
                "the selector of the " + what + " does not match the pod: " + wanted);
    }

    /** Probes, Services, Ingress and NetworkPolicy name ports that exist, and the server listens on the ports. */
    List<String> ports() {
        List<String> problems = new ArrayList<>();
        Map<String, Integer> ports = container.getPorts().stream()
                .collect(Collectors.toMap(ContainerPort::getName, ContainerPort::getContainerPort));
        Map<String, String> environment = manifests.environment();
        expect(
                problems,
                Objects.equals(String.valueOf(ports.get("client")), environment.get("HASTEN_PORT")),
                "the port client is not HASTEN_PORT");
        boolean listens = Objects.equals(String.valueOf(ports.get("admin")), environment.get("HASTEN_ADMIN_PORT"))
                && "0.0.0.0".equals(environment.get("HASTEN_ADMIN_HOST"));
        expect(problems, listens || !ports.containsKey("admin"), "the server does not listen on the port admin");
        for (Service service : manifests.each(Service.class).toList()) {
            for (ServicePort port : service.getSpec().getPorts()) {
                String target = port.getTargetPort().getStrVal();
                expect(problems, ports.containsKey(target), "Service " + name(service) + ": unknown port " + target);
                expect(
                        problems,
                        !"admin".equals(target)
                                || "None".equals(service.getSpec().getClusterIP()),
                        "Service " + name(service) + ": publishes the admin port");
            }
        }
        manifests
                .one(Ingress.class)
                .ifPresent(ingress -> ingress.getSpec()
                        .getRules()
                        .forEach(rule -> rule.getHttp()
                                .getPaths()
                                .forEach(path -> expect(
                                        problems,
                                        exists(path.getBackend()),
                                        "the Ingress names an unknown Service or port"))));
        manifests.one(NetworkPolicy.class).ifPresent(policy -> {
            Set<String> open = policy.getSpec().getIngress().stream()
                    .flatMap(rule -> rule.getPorts().stream())
                    .map(NetworkPolicyPort::getPort)
                    .map(port -> port.getStrVal())
                    .collect(Collectors.toSet());
            expect(
                    problems,
                    open.equals(ports.keySet()),
                    "the NetworkPolicy opens " + open + ", not " + ports.keySet());
        });
        return problems;
    }

    private boolean exists(IngressBackend backend) {
        return manifests
                .each(Service.class)
                .filter(service -> name(service).equals(backend.getService().getName()))
                .flatMap(service -> service.getSpec().getPorts().stream())
                .anyMatch(port ->
                        port.getName().equals(backend.getService().getPort().getName()));
    }

    List<String> probes() {
        List<String> problems = new ArrayList<>();
        String scheme = manifests.environment().containsKey("HASTEN_TLS_CERT") ? "HTTPS" : "HTTP";
        probe(problems, "startup", container.getStartupProbe(), "/health", scheme);
        probe(problems, "liveness", container.getLivenessProbe(), "/health", scheme);
        probe(problems, "readiness", container.getReadinessProbe(), "/ready", scheme);
        return problems;
    }

    private static void probe(List<String> problems, String name, Probe probe, String path, String scheme) {
        HTTPGetAction get = probe.getHttpGet();
        expect(
                problems,
                path.equals(get.getPath())
                        && scheme.equals(get.getScheme())
                        && "client".equals(get.getPort().getStrVal()),
                "the " + name + " probe must get " + path + " of the client port by " + scheme);
    }

    /** The monitor finds the Service of the admin port, and sends a token that the server gets as a variable. */
    List<String> metrics() {
        List<String> problems = new ArrayList<>();
        Optional<ServiceMonitor> monitor = manifests.one(ServiceMonitor.class);
        if (monitor.isEmpty()) {
            expect(
                    problems,
                    container.getPorts().size() == 1 && !manifests.environment().containsKey("HASTEN_ADMIN_HOST"),
                    "the admin port is open without a ServiceMonitor");
            return problems;
        }
        Map<String, String> wanted = monitor.get().getSpec().getSelector().getMatchLabels();
        List<Service> services = manifests
                .each(Service.class)
                .filter(service -> service.getMetadata().getLabels().entrySet().containsAll(wanted.entrySet()))
                .toList();
        Endpoint endpoint = monitor.get().getSpec().getEndpoints().getFirst();
        expect(
                problems,
                services.size() == 1
                        && services.getFirst().getSpec().getPorts().stream()
                                .anyMatch(port -> port.getName().equals(endpoint.getPort())),
                "the ServiceMonitor must select one Service with its port, but selects " + services.size());
        expect(problems, "/metrics".equals(endpoint.getPath()), "the path is not /metrics");
        boolean tls = manifests.environment().containsKey("HASTEN_TLS_CERT");
        expect(
                problems,
                (tls ? "https" : "http").equals(endpoint.getScheme()) && (endpoint.getTlsConfig() != null) == tls,
                "the ServiceMonitor must use TLS exactly if the server does");
        var token = endpoint.getAuthorization().getCredentials();
        expect(
                problems,
                "Bearer".equals(endpoint.getAuthorization().getType())
                        && secretOfVariables().equals(token.getName()),
                "the token must be a variable of the Secret " + secretOfVariables());
        expect(problems, token.getKey().startsWith("HASTEN_ADMIN_"), "the token is " + token.getKey());
        return problems;
    }

    private String secretOfVariables() {
        return container.getEnvFrom().isEmpty()
                ? ""
                : container.getEnvFrom().getFirst().getSecretRef().getName();
    }

    /** Secrets come from a Secret; the ConfigMap and the variables of the Deployment have none. */
    List<String> secrets() {
        List<String> problems = new ArrayList<>();
        manifests
                .each(ConfigMap.class)
                .flatMap(map -> map.getData().values().stream())
                .filter(SECRET.asPredicate())
                .forEach(value -> problems.add("the ConfigMap has a secret:\n" + value));
        Set<String> secret = Set.of("DATABASE_URL", "HASTEN_API_KEY", "HASTEN_ADMIN_TOKEN", "HASTEN_ADMIN_READ_TOKEN");
        container.getEnv().stream()
                .filter(variable -> secret.contains(variable.getName()))
                .forEach(variable -> problems.add("the Deployment has the secret " + variable.getName()));
        manifests
                .externalSecret()
                .ifPresent(document -> expect(
                        problems,
                        document.at("/spec/target/name").asString().equals(secretOfVariables()),
                        "the pod does not use the Secret of the ExternalSecret"));
        return problems;
    }

    /** Every mount has a volume, every volume is mounted and exists, and only state and /tmp can be written. */
    List<String> volumes() {
        List<String> problems = new ArrayList<>();
        Set<String> mounted =
                container.getVolumeMounts().stream().map(VolumeMount::getName).collect(Collectors.toSet());
        Set<String> volumes = pod.getVolumes().stream().map(Volume::getName).collect(Collectors.toSet());
        expect(problems, mounted.equals(volumes), "mounts " + mounted + " of the volumes " + volumes);
        Set<String> writable = container.getVolumeMounts().stream()
                .filter(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                .map(VolumeMount::getMountPath)
                .collect(Collectors.toSet());
        expect(problems, writable.equals(Set.of("/var/lib/hasten", "/tmp")), "can write " + writable);
        expect(
                problems,
                "/var/lib/hasten".equals(manifests.environment().get("HASTEN_STATE_DIR")),
                "HASTEN_STATE_DIR is not the state volume");
        for (Volume volume : pod.getVolumes()) {
            if (volume.getConfigMap() != null) {
                expect(
                        problems,
                        manifests
                                .one(ConfigMap.class)
                                .map(Release::name)
                                .equals(Optional.of(volume.getConfigMap().getName())),
                        "there is no ConfigMap for the volume " + volume.getName());
            }
            if (volume.getPersistentVolumeClaim() != null) {
                expect(
                        problems,
                        manifests
                                .one(PersistentVolumeClaim.class)
                                .map(Release::name)
                                .equals(Optional.of(
                                        volume.getPersistentVolumeClaim().getClaimName())),
                        "there is no PersistentVolumeClaim for the volume " + volume.getName());
                expect(
                        problems,
                        "Recreate"
                                .equals(manifests
                                        .deployment()
                                        .getSpec()
                                        .getStrategy()
                                        .getType()),
                        "two pods could use the volume " + volume.getName() + " at the same time");
            }
        }
        return problems;
    }

    /** The container runs as in docs/deployment.md: without privileges and with a read-only root. */
    List<String> privileges() {
        List<String> problems = new ArrayList<>();
        var context = container.getSecurityContext();
        expect(
                problems,
                Boolean.TRUE.equals(context.getReadOnlyRootFilesystem()),
                "the root file system can be written");
        expect(problems, Boolean.FALSE.equals(context.getAllowPrivilegeEscalation()), "privileges can be gained");
        expect(problems, context.getCapabilities().getDrop().equals(List.of("ALL")), "it has capabilities");
        var podContext = pod.getSecurityContext();
        expect(
                problems,
                Boolean.TRUE.equals(podContext.getRunAsNonRoot())
                        && Long.valueOf(10001).equals(podContext.getRunAsUser()),
                "it does not run as user 10001");
        expect(
                problems,
                "RuntimeDefault".equals(podContext.getSeccompProfile().getType()),
                "it has no seccomp profile");
        expect(problems, Boolean.FALSE.equals(pod.getAutomountServiceAccountToken()), "it has a token of Kubernetes");
        expect(problems, container.getResources().getLimits().containsKey("memory"), "its memory has no limit");
        return problems;
    }

    private static String name(HasMetadata object) {
        return object.getMetadata().getName();
    }

    private static void expect(List<String> problems, boolean condition, String problem) {
        if (!condition) {
            problems.add(problem);
        }
    }
}
