package dev.banyan.transfer.mapping;

/// What a search for a conversion came to.
sealed interface Found permits Conversion, Found.None {
  /// @param says why there is none and what to declare
  record None(String says) implements Found {}
}
