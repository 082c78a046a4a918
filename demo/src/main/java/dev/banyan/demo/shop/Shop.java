package dev.banyan.demo.shop;

import java.sql.SQLException;

/// A shop that answers requests. Called by many threads at once.
public interface Shop {
  /// Answers; what it throws becomes a 500.
  Answer answer(Call call) throws SQLException, InterruptedException;
}
