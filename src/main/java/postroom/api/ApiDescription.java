package postroom.api;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;

import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;

import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springdoc.core.utils.SpringDocUtils;
import org.springdoc.webmvc.core.configuration.SpringDocWebMvcConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import postroom.web.Visitor;

import tools.jackson.databind.JsonNode;

/// `/openapi.json`: read from the calls themselves, so it cannot grow old.
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
    SpringDocConfigProperties.class,
    SpringDocConfiguration.class,
    SpringDocWebMvcConfiguration.class
})
class ApiDescription {

    static {
        SpringDocUtils.getConfig()
                .addRequestWrapperToIgnore(Visitor.class)
                .replaceWithClass(JsonNode.class, Object.class);
    }

    @Bean
    static OpenAPI description() {
        return new OpenAPI()
                .info(
                        new Info()
                                .title("Postroom")
                                .version("1")
                                .description(
                                        "Hand in mail and manage Postroom. JSON in snake_case,"
                                                + " times in RFC 3339 UTC, lists paged by cursor."
                                                + " Errors are application/problem+json with title,"
                                                + " detail and errors[{field, message}]."))
                .components(
                        new Components()
                                .addSecuritySchemes(
                                        "key",
                                        new SecurityScheme()
                                                .type(SecurityScheme.Type.HTTP)
                                                .scheme("bearer")
                                                .description(
                                                        "The API key of a credential, or a"
                                                                + " management key")))
                .addSecurityItem(new SecurityRequirement().addList("key"));
    }

    // swagger-core reads our records with a Jackson of its own; it has to name them as we do
    @Bean
    static ModelResolver snakeCase() {
        return new ModelResolver(
                Json.mapper()
                        .copy()
                        .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
    }
}
