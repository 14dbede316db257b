package postroom.service;

import org.jspecify.annotations.Nullable;

import postroom.secret.Sealed;
import postroom.service.InvalidService.FieldTrouble;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The members of one JSON object, read by name. Whatever is wrong is noted with the path of the
/// member, so that an owner hears of everything at once. A member that is null counts as absent.
public final class Fields {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final ObjectNode node;
    private final String path;
    private final List<FieldTrouble> troubles;
    private final TreeSet<String> known = new TreeSet<>();

    public Fields(ObjectNode node) {
        this(node, "", new ArrayList<>());
    }

    private Fields(ObjectNode node, String path, List<FieldTrouble> troubles) {
        this.node = node;
        this.path = path;
        this.troubles = troubles;
    }

    public Optional<String> string(String name) {
        var value = value(name);
        if (value == null) return Optional.empty();
        if (!value.isString()) {
            trouble(name, "is not a text; put it in quotation marks");
            return Optional.empty();
        }
        return Optional.of(value.stringValue().strip()).filter(text -> !text.isEmpty());
    }

    public String string(String name, String whenAbsent) {
        return string(name).orElse(whenAbsent);
    }

    /// As [#string], and noted where it is absent; then the result is empty text.
    public String required(String name, String whatToDo) {
        var text = string(name);
        boolean isBlank = value(name) instanceof JsonNode given && given.isString();
        if (text.isEmpty() && (isBlank || !has(name))) trouble(name, "is missing; " + whatToDo);
        return text.orElse("");
    }

    public OptionalInt number(String name, int least, int most) {
        var value = value(name);
        if (value == null) return OptionalInt.empty();
        if (value.isIntegralNumber() && value.canConvertToInt()) {
            int number = value.intValue();
            if (number >= least && number <= most) return OptionalInt.of(number);
        }
        trouble(name, "is not a whole number from " + least + " to " + most);
        return OptionalInt.empty();
    }

    public boolean flag(String name, boolean whenAbsent) {
        var value = value(name);
        if (value == null) return whenAbsent;
        if (!value.isBoolean()) trouble(name, "is neither true nor false");
        return value.isBoolean() ? value.booleanValue() : whenAbsent;
    }

    /// A text or a number, as text.
    String text(String name) {
        var value = value(name);
        return value != null && (value.isString() || value.isNumber()) ? value.asString() : "";
    }

    public <E extends Enum<E>> Optional<E> word(String name, Class<E> type) {
        var text = string(name);
        if (text.isEmpty()) return Optional.empty();
        for (var constant : type.getEnumConstants())
            if (word(constant).equals(text.get())) return Optional.of(constant);
        trouble(name, "is not known; choose one of " + words(type));
        return Optional.empty();
    }

    /// A secret that was sealed before; see [Secrets].
    Optional<Sealed> sealed(String name) {
        var value = value(name);
        return value instanceof ObjectNode ? Secrets.sealed(value) : Optional.empty();
    }

    /// The members of an object; those of an empty one where it is absent.
    public Fields object(String name) {
        var value = value(name);
        if (value instanceof ObjectNode object) return new Fields(object, at(name), troubles);
        if (value != null) trouble(name, "is not an object; put its members in braces");
        return new Fields(JSON.createObjectNode(), at(name), troubles);
    }

    /// A list of objects.
    public List<Fields> objects(String name) {
        var found = new ArrayList<Fields>();
        int index = 0;
        for (var element : array(name)) {
            var at = name + "[" + index++ + "]";
            if (element instanceof ObjectNode object)
                found.add(new Fields(object, at(at), troubles));
            else trouble(at, "is not an object; put its members in braces");
        }
        return found;
    }

    /// A list of texts, or a single one.
    public List<String> textOrTexts(String name) {
        var value = value(name);
        return value != null && value.isString() ? string(name).stream().toList() : strings(name);
    }

    /// A list of objects; a text among them is the `member` of one that says nothing else.
    public List<Fields> textsOrObjects(String name, String member) {
        var found = new ArrayList<Fields>();
        int index = 0;
        for (var element : array(name)) {
            var at = name + "[" + index++ + "]";
            if (element instanceof ObjectNode object)
                found.add(new Fields(object, at(at), troubles));
            else if (element.isString()) {
                var object = JSON.createObjectNode();
                object.set(member, element);
                found.add(new Fields(object, at(at), troubles));
            } else trouble(at, "is neither a text nor an object");
        }
        return found;
    }

    /// The names of all members.
    public List<String> names() {
        return List.copyOf(node.propertyNames());
    }

    /// A list of texts.
    List<String> strings(String name) {
        var found = new ArrayList<String>();
        int index = 0;
        for (var element : array(name)) {
            if (element.isString() && !element.stringValue().isBlank())
                found.add(element.stringValue().strip());
            else trouble(name + "[" + index + "]", "is not a text; put it in quotation marks");
            index++;
        }
        return found;
    }

    public boolean has(String name) {
        return value(name) != null;
    }

    public void trouble(String name, String message) {
        var trouble = new FieldTrouble(at(name), message);
        if (!troubles.contains(trouble)) troubles.add(trouble);
    }

    /// Notes the members that nobody asked for.
    public void refuseUnknown() {
        for (var name : node.propertyNames())
            if (!known.contains(name))
                trouble(
                        name,
                        "is not known here; take it out, or choose one of "
                                + String.join(", ", known));
    }

    public List<FieldTrouble> troubles() {
        return troubles;
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <E extends Enum<E>> String words(Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(Fields::word)
                .collect(Collectors.joining(", "));
    }

    private Iterable<JsonNode> array(String name) {
        var value = value(name);
        if (value == null) return List.of();
        if (value.isArray()) return value;
        trouble(name, "is not a list; put it in square brackets");
        return List.of();
    }

    private @Nullable JsonNode value(String name) {
        known.add(name);
        var value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
