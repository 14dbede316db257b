package postroom.store;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Runs every sentence of a test class on SQLite and on PostgreSQL; which one it is stands in its
/// field `@Parameter Database database`. What is opened once for all sentences is opened
/// `@BeforeParameterizedClassInvocation`.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "on {0}")
@EnumSource(Database.class)
public @interface OnBothDatabases {}
