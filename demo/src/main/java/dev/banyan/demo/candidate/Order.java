package dev.banyan.demo.candidate;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/// Who bought what.
record Order(
    int id,
    int userId,
    int productId,
    int quantity,
    BigDecimal total,
    String status,
    @Nullable String note,
    String shipTo,
    OffsetDateTime placedAt,
    @Nullable OffsetDateTime shippedAt) {}
