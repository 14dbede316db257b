package postroom.web;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;

import postroom.access.Access;

/// Two chains of filters: calls with bearer keys, and pages with a session. Who may do what is
/// asked later, by the [Gatekeeper], handler by handler.
@Configuration(proxyBeanMethods = false)
@EnableWebSecurity
class Guards {

    @Bean
    @Order(1)
    SecurityFilterChain calls(HttpSecurity http, Access access, WebSettings settings) {
        return http.securityMatcher("/v1/**", "/health/**", "/metrics")
                .sessionManagement(s -> s.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable) // no cookie is looked at
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .headers(headers ->
                        headers.contentSecurityPolicy(
                                csp -> csp.policyDirectives("default-src 'none'")))
                .addFilterBefore(new KeyFilter(access, settings), AuthorizationFilter.class)
                .build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain pages(HttpSecurity http, Access access) {
        return http.authenticationProvider(new PasswordCheck(access.people()))
                // without a token no session is made for whoever passes by
                .csrf(csrf -> csrf.ignoringRequestMatchers("/language"))
                .httpBasic(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .formLogin(form ->
                        form.loginPage("/login")
                                .usernameParameter("email")
                                .defaultSuccessUrl("/", true)
                                .failureHandler((request, response, trouble) ->
                                        response.sendRedirect(
                                                trouble instanceof LockedException
                                                        ? "/login?locked"
                                                        : "/login?wrong")))
                .logout(logout -> logout.logoutUrl("/logout").logoutSuccessUrl("/login"))
                .exceptionHandling(trouble ->
                        trouble.accessDeniedHandler((request, response, denied) ->
                                Problems.write(
                                        new Problem(
                                                403,
                                                "This form is too old",
                                                "Go back, reload the page and try again."),
                                        request,
                                        response)))
                .headers(headers ->
                        headers.frameOptions(frames -> frames.disable())
                                .addHeaderWriter(new PageHeaders()))
                .build();
    }
}
