package dev.banyan.demo.candidate;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// Something that is sold.
record Product(
    int id, String sku, String name, @Nullable String description, BigDecimal price, int stock) {}
