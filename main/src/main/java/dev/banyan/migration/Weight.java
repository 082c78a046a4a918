package dev.banyan.migration;

import java.math.BigDecimal;

/// The candidate's share of the sticky units, in buckets of a hundred-thousandth: 0.001 % is one
/// bucket.
public record Weight(int buckets) implements Comparable<Weight> {
  /// How many buckets all units are spread over.
  public static final int ALL = 100_000;

  public static final Weight NONE = new Weight(0);
  public static final Weight FULL = new Weight(ALL);

  public Weight {
    if (buckets < 0 || buckets > ALL) {
      throw new IllegalArgumentException(
          "a weight has 0 to " + ALL + " buckets (0 % to 100 %), not " + buckets);
    }
  }

  /// Reads `5%`, `0.001%` or `100%`.
  ///
  /// @throws IllegalArgumentException with a message for users, when the text is not such a share
  public static Weight parse(String text) {
    String number = text.strip();
    if (number.endsWith("%")) {
      number = number.substring(0, number.length() - 1).strip();
      try {
        int buckets = new BigDecimal(number).movePointRight(3).intValueExact();
        if (buckets >= 0 && buckets <= ALL) {
          return new Weight(buckets);
        }
      } catch (ArithmeticException | NumberFormatException e) {
        throw new IllegalArgumentException(notAShare(text), e);
      }
    }
    throw new IllegalArgumentException(notAShare(text));
  }

  private static String notAShare(String text) {
    return "'" + text + "' is not a share from 0% to 100% in steps of 0.001%, such as 5% or 0.1%";
  }

  /// As a number from 0 to 1.
  public double share() {
    return (double) buckets / ALL;
  }

  @Override
  public int compareTo(Weight other) {
    return Integer.compare(buckets, other.buckets);
  }

  /// As people write it: `5%`, `0.001%`.
  @Override
  public String toString() {
    return BigDecimal.valueOf(buckets, 3).stripTrailingZeros().toPlainString() + "%";
  }
}
