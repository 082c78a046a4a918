package dev.banyan.transfer.table;

import java.util.Optional;

/// What a column holds, in words that all engines share.
///
/// @param kind says which Java type the cells have
/// @param length characters, bytes or bits; for [Kind#INTEGER] its size in bytes; 0 without a bound
/// @param scale digits after the point of a decimal, or of the seconds of a time; -1 where it is
///   not declared
/// @param declared as the database spells it, such as `character varying(20)`
/// @param element of what an array is made
public record Type(Kind kind, int length, int scale, String declared, Optional<Type> element) {
  public Type(Kind kind, int length, int scale, String declared) {
    this(kind, length, scale, declared, Optional.empty());
  }

  /// The kinds of cells. A cell that is SQL's NULL is Java's `null`; one of the values that have no
  /// Java counterpart is a [Special].
  public enum Kind {
    /// `Boolean`
    BOOLEAN,
    /// `Long`
    INTEGER,
    /// `java.math.BigInteger`: 64 bits without a sign
    UNSIGNED,
    /// `java.math.BigDecimal`, with the scale that the database gave
    DECIMAL,
    /// `Float`
    REAL,
    /// `Double`
    DOUBLE,
    /// `String`
    TEXT,
    /// `String`, without the blanks that pad it
    CHAR,
    /// `byte[]`
    BYTES,
    /// `java.time.LocalDate`
    DATE,
    /// `java.time.LocalTime`; MariaDB's may be negative or longer than a day and are
    /// `java.time.Duration`
    TIME,
    /// `java.time.OffsetTime`
    TIME_TZ,
    /// `java.time.LocalDateTime`
    TIMESTAMP,
    /// `java.time.Instant`
    TIMESTAMP_TZ,
    /// `java.util.UUID`
    UUID,
    /// `String`, the text as the database gave it
    JSON,
    /// `String`, the label
    ENUM,
    /// `String` of `0` and `1`
    BITS,
    /// `java.util.List` of cells of the element's type
    ARRAY,
    /// `String`, the database's own text form: what only one engine has (inet, ranges, geometry)
    OTHER
  }
}
