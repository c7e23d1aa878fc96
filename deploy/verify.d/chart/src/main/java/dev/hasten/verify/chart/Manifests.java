package dev.hasten.verify.chart;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The manifests of a release, parsed strictly: unknown fields, wrong types and duplicate keys are problems. */
final class Manifests {
    private static final Map<String, Class<? extends HasMetadata>> TYPES = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/PersistentVolumeClaim", PersistentVolumeClaim.class,
            "v1/Service", Service.class,
            "apps/v1/Deployment", Deployment.class,
            "networking.k8s.io/v1/Ingress", Ingress.class,
            "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
            "monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class);

    /** Has no model on Maven Central. */
    static final String EXTERNAL_SECRET = "external-secrets.io/v1/ExternalSecret";

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .annotationIntrospector(new StrictModels())
            .build();

    private final List<HasMetadata> parsed = new ArrayList<>();
    private final List<JsonNode> documents = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    Manifests(String yaml) {
        try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(yaml)) {
            values.readAll().stream().filter(JsonNode::isObject).forEach(documents::add);
        } catch (JacksonException e) {
            problems.add(e.getMessage());
        }
        documents.forEach(this::parse);
    }

    private void parse(JsonNode document) {
        String type = type(document);
        Class<? extends HasMetadata> model = TYPES.get(type);
        if (model == null) {
            if (!type.equals(EXTERNAL_SECRET)) {
                problems.add("no model for " + type);
            }
            return;
        }
        try {
            parsed.add(YAML.treeToValue(document, model));
        } catch (JacksonException e) {
            problems.add(type + ": " + e.getMessage());
        }
    }

    private static String type(JsonNode document) {
        return document.path("apiVersion").asString() + "/"
                + document.path("kind").asString();
    }

    List<String> problems() {
        return problems;
    }

    List<HasMetadata> all() {
        return parsed;
    }

    /** The parsed manifests of a kind. */
    <T extends HasMetadata> Stream<T> each(Class<T> kind) {
        return parsed.stream().filter(kind::isInstance).map(kind::cast);
    }

    /** The only manifest of a kind, or nothing. */
    <T extends HasMetadata> Optional<T> one(Class<T> kind) {
        return each(kind).reduce((first, second) -> {
            throw new IllegalStateException("more than one " + kind.getSimpleName());
        });
    }

    Deployment deployment() {
        return one(Deployment.class).orElseThrow(() -> new IllegalStateException("no Deployment"));
    }

    /** The unparsed ExternalSecret, or nothing. */
    Optional<JsonNode> externalSecret() {
        return documents.stream()
                .filter(document -> type(document).equals(EXTERNAL_SECRET))
                .findFirst();
    }

    /** The names of environment variables and their values. */
    Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        deployment()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getEnv()
                .forEach(variable -> environment.put(variable.getName(), variable.getValue()));
        return environment;
    }

    private static final class StrictModels extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;
        private static final String MONITORING = ServiceMonitor.class.getPackageName();

        /** The models accept unknown fields as additional properties. */
        @Override
        public @Nullable Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
            return Boolean.FALSE;
        }

        /**
         * The models of monitoring are annotated for Jackson 2. Jackson 3 does not see that they override the deserializer that
         * they inherit from KubernetesResource.
         */
        @Override
        public @Nullable Object findDeserializer(MapperConfig<?> config, Annotated annotated) {
            return annotated.getRawType().getPackageName().equals(MONITORING)
                    ? null
                    : super.findDeserializer(config, annotated);
        }
    }
}
