package dev.banyan.demo.candidate;

import dev.banyan.demo.shop.Call;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A request's body read by what the schema asks of it.
record Input(JsonNode body, String complaint) {
  private static final JsonMapper JSON = new JsonMapper();

  /// Reads a body.
  ///
  /// @param complaint what to answer when a required member is not there
  static Input read(Call call, String complaint) throws ProblemException {
    try {
      return new Input(JSON.readTree(call.body()), complaint);
    } catch (JacksonException malformed) {
      throw ProblemException.invalid(complaint);
    }
  }

  String text(String name) throws ProblemException {
    String text = optionalText(name);
    if (text == null) {
      throw ProblemException.invalid(complaint);
    }
    return text;
  }

  @Nullable String optionalText(String name) {
    JsonNode member = body.get(name);
    return member != null && member.isString() ? member.stringValue() : null;
  }

  int integer(String name) throws ProblemException {
    JsonNode member = body.get(name);
    if (member == null || !member.isInt()) {
      throw ProblemException.invalid(complaint);
    }
    return member.intValue();
  }

  int integer(String name, int standard) {
    JsonNode member = body.get(name);
    return member != null && member.isInt() ? member.intValue() : standard;
  }

  BigDecimal money(String name) throws ProblemException {
    JsonNode member = body.get(name);
    try {
      if (member != null && member.isValueNode()) {
        return new BigDecimal(member.asString());
      }
    } catch (NumberFormatException malformed) {
      throw ProblemException.invalid(complaint);
    }
    throw ProblemException.invalid(complaint);
  }
}
