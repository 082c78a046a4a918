package dev.banyan.control;

import dev.banyan.notification.Answer;
import dev.banyan.notification.Notifier;
import java.util.List;
import java.util.Locale;

/// The JSON documents about notifications.
final class NotificationDocuments {
  private NotificationDocuments() {}

  /// @param ok whether every target took it
  record Tested(boolean ok, List<Target> targets) {
    static Tested of(List<Notifier.Tried> tried) {
      List<Target> targets = tried.stream().map(Target::of).toList();
      return new Tested(targets.stream().allMatch(Target::ok), targets);
    }
  }

  /// @param target its address without the path
  record Target(String target, String format, boolean ok, String says) {
    static Target of(Notifier.Tried tried) {
      return new Target(
          tried.target(),
          tried.format().name().toLowerCase(Locale.ROOT),
          tried.answer() instanceof Answer.Taken,
          tried.answer().says());
    }
  }
}
