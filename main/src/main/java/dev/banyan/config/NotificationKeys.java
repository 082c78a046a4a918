package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.Hidden;
import dev.banyan.config.Type.ListOf;
import dev.banyan.notification.SigningKey;
import dev.banyan.notification.Target;
import dev.banyan.notification.Topic;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The keys about who is told what, what must hold between them, and what they come to.
final class NotificationKeys {
  private NotificationKeys() {}

  private static final int MOST_TARGETS = 20;
  private static final int MOST_FAMILIES = 1_000;

  static final Key<URI> URL =
      Key.of(
              "url",
              Scalars.webhookUrl(),
              "Where notifications are sent, by POST. Redirects are not followed. Where the path is"
                  + " a secret, as Slack's is, fill it in: `${SLACK_URL}`; it is never shown.")
          .asRequired()
          .example("https://hooks.example.com/banyan");
  static final Key<Secret> SECRET =
      Key.of(
              "secret",
              new Hidden(
                  "a signing secret",
                  "16 to 512 visible ASCII characters, or whsec_ and 24 to 64 bytes in base64",
                  Pattern.compile(
                      "whsec_([A-Za-z0-9+/]{4}){8,21}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
                          + "|(?!whsec_)[!-~]{16,512}")),
              "What notifications are signed with, as the Standard Webhooks specification says;"
                  + " needed with `format: json`.")
          .example("${WEBHOOK_SECRET}");
  static final Key<Target.Format> FORMAT =
      Key.of(
              "format",
              Scalars.word(Target.Format.class, word -> word.name().toLowerCase(Locale.ROOT)),
              "`json`: all of it, signed. `slack`: `{\"text\": …}` for Slack and those who take the"
                  + " same, not signed.")
          .standard("json")
          .example("slack");
  static final Key<List<Placed<Topic>>> EVENTS =
      Key.of(
              "events",
              new ListOf<>(Scalars.word(Topic.class, Topic::word), 1, Topic.values().length),
              "What is told: `phase` (promotions), `rollback`, `waiting` (something waits for a"
                  + " person), `alarm` (harm, and replicas that take the candidate off by"
                  + " themselves), `ledger-head` (every entry's number and hash).")
          .standard("[phase, rollback, waiting, alarm]")
          .example("[rollback, alarm, ledger-head]");
  static final Key<List<Placed<String>>> FAMILIES =
      Key.of(
              "families",
              new ListOf<>(Scalars.nameOf("family"), 0, MOST_FAMILIES),
              "The families that are told of. Empty, all of them and what concerns none alone.")
          .standard("[]")
          .example("[users]");
  static final Group GROUP = Group.of(URL, SECRET, FORMAT, EVENTS, FAMILIES);

  static final Key<List<Placed<Values>>> NOTIFICATIONS =
      Key.of(
              "notifications",
              new ListOf<>(GROUP, 0, MOST_TARGETS),
              "Who is told of what happens. A notification that is not taken is sent again,"
                  + " fourteen times within an hour; no decision ever waits for one.")
          .standard("[]")
          .example("[{ url: \"${SLACK_URL}\", format: slack }]");

  static void check(Values file, Findings findings) {
    Set<String> families =
        file.find(Keys.FAMILIES).orElse(List.of()).stream()
            .map(Named::name)
            .collect(Collectors.toUnmodifiableSet());
    for (Placed<Values> target : file.find(NOTIFICATIONS).orElse(List.of())) {
      Values values = target.value();
      Optional<Placed<Secret>> secret = values.placed(SECRET);
      boolean slack = values.find(FORMAT).filter(Target.Format.SLACK::equals).isPresent();
      boolean json = values.find(FORMAT).filter(Target.Format.JSON::equals).isPresent();
      if (json && secret.isEmpty()) {
        findings.add(
            target.place(),
            "a notification of the format json is signed and has no valid secret; for example:"
                + " secret: ${WEBHOOK_SECRET}");
      } else if (slack && secret.isPresent()) {
        findings.add(
            secret.get().place(),
            "a notification of the format slack is not signed; allowed: format: json, or no"
                + " secret");
      }
      for (Placed<String> family : values.find(FAMILIES).orElse(List.of())) {
        if (!families.contains(family.value())) {
          findings.add(
              family.place(),
              "there is no family '"
                  + family.written()
                  + "'; allowed: "
                  + (families.isEmpty()
                      ? "(none)"
                      : String.join(", ", families.stream().sorted().toList())));
        }
      }
    }
  }

  static List<Target> targets(Values file) {
    return file.get(NOTIFICATIONS).stream()
        .map(Placed::value)
        .map(NotificationKeys::target)
        .toList();
  }

  private static Target target(Values values) {
    return new Target(
        values.get(URL),
        values.find(SECRET).map(Secret::reveal).map(SigningKey::of).orElse(null),
        values.get(FORMAT),
        values.get(EVENTS).stream().map(Placed::value).collect(Collectors.toUnmodifiableSet()),
        values.get(FAMILIES).stream().map(Placed::value).collect(Collectors.toUnmodifiableSet()));
  }
}
