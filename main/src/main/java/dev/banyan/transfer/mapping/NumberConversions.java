package dev.banyan.transfer.mapping;

import dev.banyan.transfer.mapping.Conversion.Loss;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Between numbers, truth values and bits.
final class NumberConversions {
  private static final int MOST_BITS = 63;

  private NumberConversions() {}

  /// @return null where it is not about these kinds
  static @Nullable Found find(Type from, Type to, Hints hints) {
    return switch (from.kind()) {
      case INTEGER -> fromInteger(to, hints);
      case UNSIGNED -> fromUnsigned(to);
      case DECIMAL -> fromDecimal(from, to, hints);
      case REAL, DOUBLE -> fromFloating(from, to, hints);
      case BOOLEAN -> fromBoolean(to);
      case BITS -> fromBits(from, to);
      default -> null;
    };
  }

  private static @Nullable Found fromInteger(Type to, Hints hints) {
    return switch (to.kind()) {
      case INTEGER -> Conversion.COPY;
      case UNSIGNED -> integerToUnsigned().inOrder();
      case DECIMAL -> integerToDecimal(Math.max(0, to.scale())).inOrder();
      case DOUBLE ->
          Conversion.tried(
              "integer to double",
              cell -> (double) (Long) cell,
              cell -> new BigDecimal((Double) cell).longValueExact());
      case REAL ->
          Conversion.tried(
              "integer to real",
              cell -> (float) (long) (Long) cell,
              cell -> new BigDecimal((Float) cell).longValueExact());
      case BOOLEAN ->
          Conversion.tried(
              "0 and 1 to boolean", cell -> (Long) cell != 0, cell -> (Boolean) cell ? 1L : 0L);
      case BITS -> bitsToInteger(to.length(), "integer to bits").map(Conversion::otherWay);
      case TIMESTAMP, TIMESTAMP_TZ -> TimeConversions.fromEpoch(to, hints);
      default -> null;
    };
  }

  private static Conversion integerToUnsigned() {
    return Conversion.exact(
        "integer to unsigned",
        cell -> {
          if ((Long) cell < 0) {
            throw new CellRefused("a negative number, and the target has none");
          }
          return BigInteger.valueOf((Long) cell);
        },
        cell -> ((BigInteger) cell).longValueExact());
  }

  private static Conversion integerToDecimal(int scale) {
    UnaryOperator<Object> forward =
        scale == 0
            ? cell -> BigDecimal.valueOf((Long) cell)
            : cell -> BigDecimal.valueOf((Long) cell).setScale(scale);
    return Conversion.exact(
        "integer to decimal", forward, cell -> ((BigDecimal) cell).longValueExact());
  }

  private static @Nullable Found fromUnsigned(Type to) {
    int scale = Math.max(0, to.scale());
    return switch (to.kind()) {
      case UNSIGNED -> Conversion.COPY;
      case INTEGER -> integerToUnsigned().otherWay().inOrder();
      case DECIMAL ->
          Conversion.exact(
                  "unsigned to decimal",
                  cell -> new BigDecimal((BigInteger) cell).setScale(scale),
                  cell -> ((BigDecimal) cell).toBigIntegerExact())
              .inOrder();
      case DOUBLE ->
          Conversion.tried(
              "unsigned to double",
              cell -> ((BigInteger) cell).doubleValue(),
              cell -> new BigDecimal((Double) cell).toBigIntegerExact());
      default -> null;
    };
  }

  private static @Nullable Found fromDecimal(Type from, Type to, Hints hints) {
    return switch (to.kind()) {
      case DECIMAL -> rescaled(from, to, hints);
      case INTEGER ->
          from.scale() == 0
              ? integerToDecimal(0).otherWay().inOrder()
              : rounded(
                  from, 0, "decimal to integer", hints, BigDecimal::longValueExact, Long.class);
      case UNSIGNED ->
          rounded(
              from,
              0,
              "decimal to unsigned",
              hints,
              BigDecimal::toBigIntegerExact,
              BigInteger.class);
      case DOUBLE ->
          Conversion.tried(
              "decimal to double",
              cell -> ((BigDecimal) cell).doubleValue(),
              cell -> BigDecimal.valueOf((Double) cell));
      case REAL ->
          Conversion.tried(
              "decimal to real",
              cell -> ((BigDecimal) cell).floatValue(),
              cell -> new BigDecimal(Float.toString((Float) cell)));
      default -> null;
    };
  }

  private static Found rescaled(Type from, Type to, Hints hints) {
    int have = from.scale();
    int want = to.scale();
    if (want < 0 || want == have) {
      return Conversion.COPY;
    }
    if (have >= 0 && want > have) {
      return Conversion.exact(
              "decimal to scale " + want,
              cell -> ((BigDecimal) cell).setScale(want),
              cell -> ((BigDecimal) cell).setScale(have))
          .inOrder();
    }
    return rounded(from, want, "decimal to scale " + want, hints, whole -> whole, BigDecimal.class);
  }

  /// To fewer digits: only as declared.
  private static <T> Found rounded(
      Type from,
      int scale,
      String name,
      Hints hints,
      java.util.function.Function<BigDecimal, T> made,
      Class<T> type) {
    RoundingMode mode = hints.exact() ? RoundingMode.UNNECESSARY : hints.rounding();
    if (mode == null) {
      return new Found.None(
          Conversions.spelled(from)
              + " may have more digits than fit: declare `convert: round half_up` with `lossy`, or"
              + " `convert: exact`, which refuses rows that have them");
    }
    UnaryOperator<Object> forward = cell -> made.apply(((BigDecimal) cell).setScale(scale, mode));
    UnaryOperator<Object> back = cell -> decimal(type.cast(cell));
    return new Conversion(name + " " + mode, forward, back, Loss.CERTAIN, false);
  }

  private static BigDecimal decimal(Object number) {
    return switch (number) {
      case BigDecimal decimal -> decimal;
      case BigInteger whole -> new BigDecimal(whole);
      case Long whole -> BigDecimal.valueOf(whole);
      default -> throw new CellRefused("not a number");
    };
  }

  private static @Nullable Found fromFloating(Type from, Type to, Hints hints) {
    boolean real = from.kind() == Kind.REAL;
    if (from.kind() == to.kind()) {
      return Conversion.COPY;
    }
    return switch (to.kind()) {
      case DOUBLE ->
          Conversion.exact(
              "real to double",
              cell -> (double) (Float) cell,
              cell -> (float) (double) (Double) cell);
      case REAL ->
          new Conversion(
              "double to real",
              cell -> (float) (double) (Double) cell,
              cell -> (double) (Float) cell,
              Loss.CERTAIN,
              false);
      case DECIMAL, INTEGER -> {
        Type spelled = new Type(Kind.DECIMAL, 0, -1, from.declared());
        Conversion decimal =
            Conversion.exact(
                "floating to decimal",
                cell -> new BigDecimal(cell.toString()),
                cell ->
                    real
                        ? (Object) ((BigDecimal) cell).floatValue()
                        : (Object) ((BigDecimal) cell).doubleValue());
        Found rest = fromDecimal(spelled, to, hints);
        yield rest instanceof Conversion next ? decimal.then(next) : rest;
      }
      default -> null;
    };
  }

  private static @Nullable Found fromBoolean(Type to) {
    return switch (to.kind()) {
      case BOOLEAN -> Conversion.COPY;
      case INTEGER ->
          Conversion.exact(
                  "boolean to 0 and 1", cell -> (Boolean) cell ? 1L : 0L, cell -> (Long) cell != 0)
              .inOrder();
      case BITS ->
          Conversion.exact(
              "boolean to bit",
              cell -> (Boolean) cell ? bits(1, to.length()) : bits(0, to.length()),
              cell -> ((String) cell).indexOf('1') >= 0);
      default -> null;
    };
  }

  private static @Nullable Found fromBits(Type from, Type to) {
    return switch (to.kind()) {
      case BITS -> Conversion.COPY;
      case BOOLEAN ->
          Conversion.tried(
              "bit to boolean",
              cell -> ((String) cell).indexOf('1') >= 0,
              cell -> bits((Boolean) cell ? 1 : 0, from.length()));
      case INTEGER -> bitsToInteger(from.length(), "bits to integer").found();
      default -> null;
    };
  }

  private static Bits bitsToInteger(int length, String name) {
    return new Bits(length, name);
  }

  /// Bits as a number, as far as a number holds them.
  private record Bits(int length, String name) {
    Found found() {
      return map(conversion -> conversion);
    }

    Found map(UnaryOperator<Conversion> as) {
      if (length > MOST_BITS) {
        return new Found.None(length + " bits do not fit into an integer; make the target text");
      }
      return as.apply(
          Conversion.exact(
              name, cell -> Long.parseLong((String) cell, 2), cell -> bits((Long) cell, length)));
    }
  }

  private static String bits(long number, int length) {
    int wanted = Math.max(1, length);
    String digits = Long.toBinaryString(number);
    if (digits.length() > wanted) {
      throw new CellRefused("the number has more than " + wanted + " bits");
    }
    return "0".repeat(wanted - digits.length()) + digits;
  }
}
