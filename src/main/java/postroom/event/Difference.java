package postroom.event;

import tools.jackson.databind.JsonNode;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a change changed, before and after, without secrets.
public record Difference(Map<String, Object> before, Map<String, Object> after) {

    private static final int LONGEST = 500;
    private static final int MOST = 200;

    public Difference {
        before = bounded(before);
        after = bounded(after);
    }

    /// Something that was not there before.
    public static Difference made(Map<String, ?> after) {
        var told = new LinkedHashMap<String, Object>(after);
        told.remove("by");
        return new Difference(Map.of(), told);
    }

    public static Difference unmade(Map<String, ?> before) {
        return new Difference(Map.copyOf(before), Map.of());
    }

    /// The members that differ, by their paths. Of what is sealed it is told that it was set or
    /// replaced, and no more.
    public static Difference between(JsonNode before, JsonNode after) {
        var was = new TreeMap<String, JsonNode>();
        var became = new TreeMap<String, JsonNode>();
        flatten("", before, was);
        flatten("", after, became);
        var names = new TreeSet<>(was.keySet());
        names.addAll(became.keySet());
        var from = new LinkedHashMap<String, Object>();
        var to = new LinkedHashMap<String, Object>();
        for (var name : names) {
            var one = was.get(name);
            var other = became.get(name);
            if (one != null && one.equals(other)) continue;
            if (one != null) from.put(name, isSecret(one) ? "set" : one.asString(one.toString()));
            if (other != null)
                to.put(
                        name,
                        isSecret(other)
                                ? one == null ? "set" : "replaced"
                                : other.asString(other.toString()));
        }
        return new Difference(from, to);
    }

    public boolean isEmpty() {
        return before.isEmpty() && after.isEmpty();
    }

    private static void flatten(String name, JsonNode node, Map<String, JsonNode> into) {
        if (node.isObject() && !isSecret(node))
            for (var member : node.properties())
                flatten(
                        name.isEmpty() ? member.getKey() : name + "." + member.getKey(),
                        member.getValue(),
                        into);
        else if (!node.isNull() && !node.isMissingNode()) into.put(name, node);
    }

    private static boolean isSecret(JsonNode node) {
        return node.has("sealed") || node.has("ends_with");
    }

    private static Map<String, Object> bounded(Map<String, Object> map) {
        var bounded = new LinkedHashMap<String, Object>();
        for (var one : map.entrySet()) {
            if (bounded.size() == MOST) break;
            boolean isLong = one.getValue() instanceof String text && text.length() > LONGEST;
            bounded.put(
                    one.getKey(),
                    isLong
                            ? one.getValue().toString().substring(0, LONGEST) + "…"
                            : one.getValue());
        }
        return java.util.Collections.unmodifiableMap(bounded);
    }
}
