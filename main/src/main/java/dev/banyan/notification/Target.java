package dev.banyan.notification;

import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who wants to be told what.
///
/// @param url where it is sent; its path may be a secret, so that only [#name] is ever shown
/// @param key what it is signed with; never null with [Format#JSON]
/// @param families whose notifications it gets; empty for all
public record Target(
    URI url, @Nullable SigningKey key, Format format, Set<Topic> topics, Set<String> families) {
  public Target {
    topics = Set.copyOf(topics);
    families = Set.copyOf(families);
    if (format == Format.JSON && key == null) {
      throw new IllegalArgumentException("a webhook of the format json is signed, and has no key");
    }
  }

  /// How a notification is written.
  public enum Format {
    /// All of it, signed.
    JSON,
    /// `{"text": …}`, as Slack and those who follow it take.
    SLACK
  }

  /// The part of the address that is no secret.
  public String name() {
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  boolean wants(Notification notification) {
    String family = notification.family();
    return topics.contains(notification.topic())
        && (families.isEmpty() || (family != null && families.contains(family)));
  }

  @Override
  public String toString() {
    return "Target[" + name() + ", " + format + ", " + topics + ", " + families + "]";
  }
}
