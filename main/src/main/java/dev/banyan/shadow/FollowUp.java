package dev.banyan.shadow;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Side;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What is still to be asked before an exchange is settled.
///
/// The questions are sent one after the other, each when the one before has its answer; none
/// depends on another's. Each is bounded as a second leg is, and marked as one. Exactly one of
/// `then` and `givenUp` is called, once. All bodies of the exchange and of its legs, also those of
/// earlier rounds, are lent until the exchange is settled; a body that a question brings stays the
/// asker's.
///
/// @param then told all legs, in the order of the questions, on a comparing thread; what it returns
///   is asked next, null settles the exchange. There are at most [#ROUNDS] of these for an exchange
/// @param givenUp told why nothing more is asked: the exchange is settled when it returns. On any
///   thread, an event loop's perhaps: it must be short, must not block and must not throw
/// @param until what is waited for before the first question is sent; null for nothing
public record FollowUp(
    List<Question> questions,
    Function<List<Leg>, @Nullable FollowUp> then,
    Consumer<Drop> givenUp,
    @Nullable Until until) {

  /// Follow-ups of one exchange, one after the other.
  public static final int ROUNDS = 3;

  /// Questions of one follow-up.
  public static final int QUESTIONS = 16;

  /// @param side that the service is, which the leg will name
  public record Question(String service, Side side, Request request) {}

  /// Something that comes to be, or does not within a bound of its own.
  public interface Until {
    /// Returns at once; exactly one of both is called, once, on any thread.
    ///
    /// @param late gives the follow-up up, with [Drop#ROWS_BEHIND]
    void begin(Runnable now, Runnable late);
  }

  public FollowUp {
    questions = List.copyOf(questions);
    if (questions.isEmpty() || questions.size() > QUESTIONS) {
      throw new IllegalArgumentException(
          "a follow-up asks 1 to " + QUESTIONS + " questions, not " + questions.size());
    }
  }

  /// One that waits for nothing.
  public FollowUp(
      List<Question> questions,
      Function<List<Leg>, @Nullable FollowUp> then,
      Consumer<Drop> givenUp) {
    this(questions, then, givenUp, null);
  }

  /// One whose exchange needs nothing done when it is given up.
  public FollowUp(List<Question> questions, Function<List<Leg>, @Nullable FollowUp> then) {
    this(questions, then, _ -> {});
  }
}
