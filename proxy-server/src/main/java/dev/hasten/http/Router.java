package dev.hasten.http;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The routing table of a server. A template is a path of segments. A literal segment is compared byte for byte with the
 * path as sent. A {@code {name}} segment matches any non-empty segment. If both match, the literal segment takes
 * precedence. Paths with and without a trailing slash are different. A GET route also handles HEAD, unless there is a
 * HEAD route.
 */
public final class Router {
    /** All paths without {name} segments: a lookup takes one hash and no string splitting. */
    private final Map<String, Node> literal;

    private final Node root;

    private Router(Map<String, Node> literal, Node root) {
        this.literal = literal;
        this.root = root;
    }

    /** Creates a builder for an empty table. */
    public static Builder builder() {
        return new Builder();
    }

    /** Finds the route for a method and a raw path that starts with a slash and has no query string. */
    Match match(String method, String path) {
        Node node = literal.get(path);
        if (node != null) {
            Route route = node.route(method);
            if (route != null) {
                return route.withoutValues;
            }
        }
        List<String> values = new ArrayList<>(4);
        Node found = find(root, method, path, 1, values);
        if (found != null) {
            return new Match.Found(requireNonNull(found.route(method)), values);
        }
        TreeSet<String> allowed = new TreeSet<>();
        collectMethods(root, path, 1, allowed);
        return allowed.isEmpty() ? Match.NoPath.INSTANCE : new Match.NoMethod(String.join(", ", allowed));
    }

    /** Searches depth-first, the literal child first. Adds the values of the {name} segments to {@code values}. */
    private static @Nullable Node find(Node node, String method, String path, int start, List<String> values) {
        int slash = path.indexOf('/', start);
        int end = slash < 0 ? path.length() : slash;
        String segment = path.substring(start, end);
        Node child = node.children.get(segment);
        if (child != null) {
            Node found = slash < 0 ? child.ifTakes(method) : find(child, method, path, slash + 1, values);
            if (found != null) {
                return found;
            }
        }
        if (node.parameter == null || segment.isEmpty()) {
            return null;
        }
        values.add(segment);
        Node found = slash < 0 ? node.parameter.ifTakes(method) : find(node.parameter, method, path, slash + 1, values);
        if (found == null) {
            values.removeLast();
        }
        return found;
    }

    private static void collectMethods(Node node, String path, int start, Set<String> allowed) {
        int slash = path.indexOf('/', start);
        String segment = path.substring(start, slash < 0 ? path.length() : slash);
        collectFrom(node.children.get(segment), path, slash, allowed);
        collectFrom(segment.isEmpty() ? null : node.parameter, path, slash, allowed);
    }

    private static void collectFrom(@Nullable Node node, String path, int slash, Set<String> allowed) {
        if (node == null) {
            return;
        }
        if (slash >= 0) {
            collectMethods(node, path, slash + 1, allowed);
            return;
        }
        allowed.addAll(node.routes.keySet());
        if (node.routes.containsKey("GET")) {
            allowed.add("HEAD");
        }
    }

    /** The result of a lookup. */
    sealed interface Match {
        /** A matching route. The values are percent-encoded and in the order of the template's names. */
        record Found(Route route, List<String> values) implements Match {}

        /** The path exists, but not with this method; {@code allow} is the value of the Allow header. */
        record NoMethod(String allow) implements Match {}

        /** The path does not exist. */
        enum NoPath implements Match {
            INSTANCE
        }
    }

    /** One route of the table. */
    static final class Route {
        final String template;
        final GuardedHandler handler;
        final List<String> names;
        final Match.Found withoutValues = new Match.Found(this, List.of());

        Route(String template, GuardedHandler handler, List<String> names) {
            this.template = template;
            this.handler = handler;
            this.names = names;
        }
    }

    private static final class Node {
        final Map<String, Node> children = new HashMap<>();
        final Map<String, Route> routes = new HashMap<>();

        @Nullable
        Node parameter;

        @Nullable
        Route route(String method) {
            Route route = routes.get(method);
            return route == null && method.equals("HEAD") ? routes.get("GET") : route;
        }

        @Nullable
        Node ifTakes(String method) {
            return route(method) == null ? null : this;
        }
    }

    /** Collects the routes of the table. */
    public static final class Builder {
        private final Map<String, Node> literal = new HashMap<>();
        private final Node root = new Node();

        private Builder() {}

        /**
         * Adds a route.
         *
         * @param method method name in upper case
         * @param template path starting with a slash, such as {@code /transaction/{id}/query}
         * @throws IllegalArgumentException if the template is not a path or uses a name twice, or if there is already a
         *     route for the same method and path
         */
        public Builder route(String method, String template, Handler handler) {
            return guardedRoute(method, template, GuardedHandler.open(requireNonNull(handler, "handler is null")));
        }

        /** As {@link #route}, for a handler that decides by the head of a request. */
        public Builder guardedRoute(String method, String template, GuardedHandler handler) {
            requireNonNull(handler, "handler is null");
            if (!template.startsWith("/")) {
                throw new IllegalArgumentException("a route must start with '/': " + template);
            }
            List<String> names = new ArrayList<>();
            Node node = root;
            for (String segment : template.substring(1).split("/", -1)) {
                if (segment.startsWith("{") && segment.endsWith("}") && segment.length() > 2) {
                    String name = segment.substring(1, segment.length() - 1);
                    if (names.contains(name)) {
                        throw new IllegalArgumentException("the name " + name + " is used twice in " + template);
                    }
                    names.add(name);
                    if (node.parameter == null) {
                        node.parameter = new Node();
                    }
                    node = node.parameter;
                } else if (segment.indexOf('{') >= 0 || segment.indexOf('}') >= 0) {
                    throw new IllegalArgumentException("a {name} must be a whole segment: " + template);
                } else {
                    node = node.children.computeIfAbsent(segment, absent -> new Node());
                }
            }
            Route route = new Route(template, handler, List.copyOf(names));
            if (node.routes.putIfAbsent(method, route) != null) {
                throw new IllegalArgumentException("duplicate route for " + method + " " + template);
            }
            if (names.isEmpty()) {
                literal.put(template, node);
            }
            return this;
        }

        /** Returns the table. The builder must not be used afterwards. */
        public Router build() {
            return new Router(Map.copyOf(literal), root);
        }
    }
}
