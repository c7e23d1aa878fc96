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
 * The routing table of a server. A template is a path whose segments are either literal, compared byte for byte with
 * the path as it was sent, or {@code {name}}, which takes any one segment that is not empty. Where both fit, the
 * literal one wins. A trailing slash makes another path. A GET route also answers HEAD unless HEAD has its own.
 */
public final class Router {
    /** Literal paths of the whole table: found with one look-up and no cutting of strings. */
    private final Map<String, Node> literal;

    private final Node root;

    private Router(Map<String, Node> literal, Node root) {
        this.literal = literal;
        this.root = root;
    }

    /** An empty table. */
    public static Builder builder() {
        return new Builder();
    }

    /** Finds the route for a method and a raw path that begins with a slash and has no query string. */
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

    /** Depth first, literal child first; leaves the values of the {name} segments on its way in {@code values}. */
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

    /** What the table says to a request. */
    sealed interface Match {
        /** Values are raw, in the order of the template's names. */
        record Found(Route route, List<String> values) implements Match {}

        /** The path exists; {@code allow} is the value of the Allow header. */
        record NoMethod(String allow) implements Match {}

        /** The path does not exist. */
        enum NoPath implements Match {
            INSTANCE
        }
    }

    /** One line of the table. */
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

    /** Collects the lines of the table. */
    public static final class Builder {
        private final Map<String, Node> literal = new HashMap<>();
        private final Node root = new Node();

        private Builder() {}

        /**
         * Adds a route.
         *
         * @param method upper-case method name
         * @param template path beginning with a slash, such as {@code /transaction/{id}/query}
         * @throws IllegalArgumentException for a template that is no path, a name used twice in it, or a second route
         *     for the same method and path
         */
        public Builder route(String method, String template, Handler handler) {
            return guardedRoute(method, template, GuardedHandler.open(requireNonNull(handler, "handler is null")));
        }

        /** As {@link #route}, for a handler that decides by the head of a request. */
        public Builder guardedRoute(String method, String template, GuardedHandler handler) {
            requireNonNull(handler, "handler is null");
            if (!template.startsWith("/")) {
                throw new IllegalArgumentException("a route begins with '/': " + template);
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
                    throw new IllegalArgumentException("a {name} is a whole segment: " + template);
                } else {
                    node = node.children.computeIfAbsent(segment, absent -> new Node());
                }
            }
            Route route = new Route(template, handler, List.copyOf(names));
            if (node.routes.putIfAbsent(method, route) != null) {
                throw new IllegalArgumentException("two routes for " + method + " " + template);
            }
            if (names.isEmpty()) {
                literal.put(template, node);
            }
            return this;
        }

        /** The finished table. The builder must not be used any more. */
        public Router build() {
            return new Router(Map.copyOf(literal), root);
        }
    }
}
