package dev.banyan.proxy;

/// Told which version of a service answers, where its options name a header that says so.
///
/// Called on event loops, from several threads at once: implementations must return at once. Each
/// loop tells of a version when it first answers and then about once a second for as long as it
/// does, so that whoever listens can tell two versions that alternate from one that is gone; never
/// more than some times a second, whatever the header holds.
@FunctionalInterface
public interface Versions {
  /// Wants to know nothing.
  Versions NONE = (service, version) -> {};

  void seen(String service, String version);
}
