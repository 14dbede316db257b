package postroom.api;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.swagger.v3.oas.annotations.Hidden;

import jakarta.servlet.http.HttpServletRequest;

import org.springdoc.webmvc.api.OpenApiWebMvcResource;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

import postroom.web.Allowed;
import postroom.web.Framed;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/// `/docs/api`: the description as a page, written here and without foreign parts.
@Controller
@Hidden
class ApiPage implements Framed {

    private static final List<String> VERBS = List.of("get", "post", "put", "patch", "delete");

    private final OpenApiWebMvcResource description;
    private final JsonMapper json;

    ApiPage(OpenApiWebMvcResource description, JsonMapper json) {
        this.description = description;
        this.json = json;
    }

    record Parameter(String name, String in, boolean required, String description) {}

    /// @param body the members of the request body, one per line
    record Call(
            String verb,
            String path,
            String summary,
            String description,
            List<Parameter> parameters,
            List<String> body) {}

    record Group(String name, List<Call> calls) {}

    @GetMapping("/docs/api")
    @Allowed(everybody = true)
    String page(HttpServletRequest request, Model model) throws JsonProcessingException {
        var spec = json.readTree(description.openapiJson(request, "/openapi.json", Locale.ENGLISH));
        model.addAttribute("info", spec.path("info").path("description").asString(""));
        model.addAttribute("groups", groups(spec));
        return "api";
    }

    private static List<Group> groups(JsonNode spec) {
        var groups = new TreeMap<String, List<Call>>();
        for (var path : spec.path("paths").properties())
            for (var verb : VERBS) {
                var operation = path.getValue().path(verb);
                if (operation.isMissingNode()) continue;
                groups.computeIfAbsent(
                                operation.path("tags").path(0).asString("Other"),
                                first -> new ArrayList<>())
                        .add(call(spec, verb, path.getKey(), operation));
            }
        return groups.entrySet().stream()
                .map(group -> new Group(group.getKey(), group.getValue()))
                .toList();
    }

    private static Call call(JsonNode spec, String verb, String path, JsonNode operation) {
        var parameters = new ArrayList<Parameter>();
        for (var parameter : operation.path("parameters"))
            parameters.add(
                    new Parameter(
                            parameter.path("name").asString(""),
                            parameter.path("in").asString(""),
                            parameter.path("required").asBoolean(false),
                            parameter.path("description").asString("")));
        return new Call(
                verb.toUpperCase(Locale.ROOT),
                path,
                operation.path("summary").asString(""),
                operation.path("description").asString(""),
                parameters,
                body(spec, operation));
    }

    private static List<String> body(JsonNode spec, JsonNode operation) {
        var members = new ArrayList<String>();
        for (var content : operation.path("requestBody").path("content")) {
            var schema = resolved(spec, content.path("schema"));
            for (var member : schema.path("properties").properties())
                members.add(member.getKey() + ": " + type(spec, member.getValue()));
        }
        return members;
    }

    private static String type(JsonNode spec, JsonNode schema) {
        var resolved = resolved(spec, schema);
        if (resolved.path("type").asString("").equals("array"))
            return "list of " + type(spec, resolved.path("items"));
        if (resolved.has("properties"))
            return "{" + String.join(", ", resolved.path("properties").propertyNames()) + "}";
        var type = resolved.path("type").asString("any");
        return resolved.has("format")
                ? type + " (" + resolved.path("format").asString() + ")"
                : type;
    }

    private static JsonNode resolved(JsonNode spec, JsonNode schema) {
        var reference = schema.path("$ref").asString("");
        return reference.isEmpty() ? schema : spec.at(reference.substring(1));
    }
}
