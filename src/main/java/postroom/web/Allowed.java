package postroom.web;

import postroom.access.Role;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Who may call a handler. One without this word answers nobody.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Allowed {

    /// People and management keys with one of these roles.
    Role[] value() default {};

    /// Applications with the API key of their credential, too.
    boolean applications() default false;

    /// Everybody, signed in or not.
    boolean everybody() default false;
}
