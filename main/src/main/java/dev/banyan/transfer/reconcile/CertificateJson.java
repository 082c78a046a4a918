package dev.banyan.transfer.reconcile;

import dev.banyan.migration.Certificate;
import dev.banyan.migration.Certificate.Method;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A certificate as JSON, for the store, the ledger and `-o json`.
public final class CertificateJson {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private CertificateJson() {}

  public static String write(Certificate certificate) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("transfer", certificate.transfer())
        .put("cut", certificate.cut())
        .put("mapping", certificate.mapping())
        .put("rows", certificate.rows())
        .put("digest", certificate.digest())
        .put("from", certificate.from().toString())
        .put("until", certificate.until().toString())
        .put("epoch", certificate.epoch())
        .put("complete", certificate.complete())
        .put("differences", certificate.differences())
        .put("green", certificate.green());
    json.put("method", certificate.method().toString());
    ArrayNode tables = json.putArray("tables");
    certificate.tables().stream().sorted().forEach(tables::add);
    ObjectNode methods = json.putObject("methods");
    certificate.tables().stream()
        .sorted()
        .forEach(table -> methods.put(table, method(certificate, table)));
    ArrayNode checks = json.putArray("checks");
    for (Certificate.Check check : certificate.checks()) {
      checks
          .addObject()
          .put("name", check.name())
          .put("passed", check.passed())
          .put("source", check.source())
          .put("target", check.target());
    }
    return MAPPER.writeValueAsString(json);
  }

  /// Reads what [#write] wrote; `green` is not believed but found anew.
  ///
  /// @throws IllegalArgumentException where it is no certificate
  public static Certificate read(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      Map<String, Method> methods = new HashMap<>();
      for (JsonNode table : json.required("tables")) {
        String name = table.stringValue();
        methods.put(name, method(json.path("methods").path(name).stringValue("rows")));
      }
      List<Certificate.Check> checks = new ArrayList<>();
      for (JsonNode each : json.required("checks")) {
        checks.add(
            new Certificate.Check(
                text(each, "name"),
                each.required("passed").booleanValue(),
                text(each, "source"),
                text(each, "target")));
      }
      return new Certificate(
          text(json, "transfer"),
          text(json, "cut"),
          text(json, "mapping"),
          json.required("rows").longValue(),
          text(json, "digest"),
          Instant.parse(text(json, "from")),
          Instant.parse(text(json, "until")),
          json.required("epoch").longValue(),
          json.required("complete").booleanValue(),
          json.required("differences").longValue(),
          methods,
          checks);
    } catch (JacksonException | DateTimeException e) {
      throw new IllegalArgumentException("not a certificate", e);
    }
  }

  private static String method(Certificate certificate, String table) {
    return Objects.requireNonNull(certificate.methods().get(table)).toString();
  }

  private static Method method(String word) {
    return Method.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private static String text(JsonNode json, String name) {
    return json.required(name).stringValue();
  }
}
