package dev.banyan.notification;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Something that happened.
///
/// @param id the same however often it is sent, so that a receiver can tell a repetition
/// @param type in dotted words, such as `banyan.rollback`
/// @param family null for what concerns all of them
/// @param says one sentence for people
/// @param details for programs: texts and numbers by name
public record Notification(
    String id,
    Topic topic,
    String type,
    Instant at,
    @Nullable String family,
    String says,
    Map<String, Object> details) {
  public Notification {
    details = Collections.unmodifiableMap(new TreeMap<>(details));
  }

  /// One of its topic's own type.
  public static Notification of(
      String id,
      Topic topic,
      Instant at,
      @Nullable String family,
      String says,
      Map<String, Object> details) {
    return new Notification(id, topic, "banyan." + topic.word(), at, family, says, details);
  }
}
