package dev.banyan.transfer.reconcile;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON with its keys in order, no blanks, and numbers by their value: `{"b":1.0,"a":[ ]}` is
/// `{"a":[],"b":1}`. Of a key that stands twice the last counts, as databases have it.
final class CanonicalJson {
  private static final int DEEPEST = 1_000;
  private static final int LONGEST = 256 << 20;
  private static final int LONGEST_NUMBER = 1_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxStringLength(LONGEST)
                          .maxNumberLength(LONGEST_NUMBER)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private CanonicalJson() {}

  /// @return empty where the text is not JSON: it is compared as it is
  static Optional<String> of(String json) {
    try {
      StringBuilder text = new StringBuilder(json.length());
      JsonNode tree = MAPPER.readTree(json);
      if (tree == null || tree.isMissingNode()) {
        return Optional.empty();
      }
      write(tree, text);
      return Optional.of(text.toString());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static void write(JsonNode node, StringBuilder text) {
    if (node.isObject()) {
      Map<String, JsonNode> sorted = new TreeMap<>();
      node.properties().forEach(each -> sorted.put(each.getKey(), each.getValue()));
      text.append('{');
      String comma = "";
      for (Map.Entry<String, JsonNode> each : sorted.entrySet()) {
        text.append(comma).append(MAPPER.writeValueAsString(each.getKey())).append(':');
        write(each.getValue(), text);
        comma = ",";
      }
      text.append('}');
    } else if (node.isArray()) {
      text.append('[');
      String comma = "";
      for (JsonNode each : node) {
        text.append(comma);
        write(each, text);
        comma = ",";
      }
      text.append(']');
    } else if (node.isNumber()) {
      text.append(number(node.decimalValue()));
    } else {
      text.append(MAPPER.writeValueAsString(node));
    }
  }

  /// By significant digits and exponent: `1E+400` must not become 400 zeros.
  private static String number(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.signum() == 0 ? "0" : stripped.toString();
  }
}
