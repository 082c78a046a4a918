package dev.banyan.store.rows;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Values with parts as one text column. What is read back equals what was written, numbers to the
/// last bit and text to the last character: what is not ASCII is escaped, for databases take not
/// every sequence of characters.
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private Json() {}

  /// A family's state without the sealed phase, which has a name and perhaps a weight.
  public record State(
      String family,
      String phase,
      @Nullable Integer weight,
      long epoch,
      @Nullable String held,
      @Nullable Boolean unproven,
      Instant since) {

    public static State of(FamilyState state) {
      Phase phase = state.phase();
      return new State(
          state.family(),
          phase.name().word(),
          Json.weight(phase),
          state.epoch(),
          state.held(),
          state.unproven() ? true : null,
          state.since());
    }

    public FamilyState state() {
      return new FamilyState(
          family, Json.phase(phase, weight), epoch, held, Boolean.TRUE.equals(unproven), since);
    }
  }

  public static @Nullable Integer weight(Phase phase) {
    Weight weight = phase.stepWeight();
    return weight == null ? null : weight.buckets();
  }

  public static Phase phase(String word, @Nullable Integer weight) {
    Weight share = weight == null ? Weight.NONE : new Weight(weight);
    return switch (Phase.Name.valueOf(word.toUpperCase(Locale.ROOT))) {
      case LEGACY -> new Phase.Legacy();
      case SHADOW -> new Phase.Shadow();
      case CANARY -> new Phase.Canary(share);
      case READS -> new Phase.Reads();
      case WRITES -> new Phase.Writes(share);
      case RETIRED -> new Phase.Retired();
    };
  }

  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  public static <T> T read(String json, Class<T> type) {
    return MAPPER.readValue(json, type);
  }

  static ObjectNode tree(Object value) {
    return MAPPER.valueToTree(value);
  }

  static <T> T read(JsonNode json, Class<T> type) {
    return MAPPER.treeToValue(json, type);
  }

  static @Nullable String writeState(@Nullable FamilyState state) {
    return state == null ? null : write(State.of(state));
  }

  static @Nullable FamilyState readState(@Nullable String json) {
    return json == null ? null : read(json, State.class).state();
  }
}
