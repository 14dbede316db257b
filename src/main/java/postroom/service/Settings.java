package postroom.service;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How settings are laid over others: what is given over what was there, both over the preset.
final class Settings {

    private Settings() {}

    /// Objects are merged member by member; everything else, null included, takes the place of what
    /// was there. An authentication of another type takes the place of the whole one, since nothing
    /// in the old one fits it.
    static ObjectNode merged(ObjectNode below, ObjectNode above) {
        var merged = mergedObjects(below, above);
        var type = above.path("authentication").path("type");
        if (type.isString() && !type.equals(below.path("authentication").path("type")))
            merged.set("authentication", above.get("authentication").deepCopy());
        return merged;
    }

    /// With the type of authentication that the preset gives, where the owner gave none: so that
    /// the same type, sent back, is no other one.
    static ObjectNode typed(ObjectNode preset, ObjectNode given) {
        var type = preset.path("authentication").path("type");
        var typed = given.deepCopy();
        if (type.isString()
                && typed.get("authentication") instanceof ObjectNode authentication
                && !authentication.has("type")) authentication.set("type", type);
        return typed;
    }

    private static ObjectNode mergedObjects(ObjectNode below, ObjectNode above) {
        var merged = below.deepCopy();
        for (var member : above.properties()) {
            JsonNode there = merged.get(member.getKey());
            if (there instanceof ObjectNode lower && member.getValue() instanceof ObjectNode upper)
                merged.set(member.getKey(), mergedObjects(lower, upper));
            else merged.set(member.getKey(), member.getValue().deepCopy());
        }
        return merged;
    }
}
