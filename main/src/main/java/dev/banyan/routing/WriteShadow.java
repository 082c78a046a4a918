package dev.banyan.routing;

/// What becomes of a family's writes beside the side that has authority over them. Nothing, unless
/// the family says otherwise.
public sealed interface WriteShadow {
  /// They go to their authority and nowhere else.
  WriteShadow BLOCKED = new Blocked();

  /// They go to their authority and nowhere else, and count as not compared.
  record Blocked() implements WriteShadow {}

  /// The candidate gets a copy that it only checks, where it has said that it does so.
  record DryRun() implements WriteShadow {}

  /// A service that nobody lives on carries a copy out.
  record Sandbox(String service) implements WriteShadow {}
}
