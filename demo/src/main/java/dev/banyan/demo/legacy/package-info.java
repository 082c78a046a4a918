/// The legacy: the shop as an Express application of ten years answers.
///
/// [Express] finds the handler for a [Call][dev.banyan.demo.shop.Call] and adds what that framework
/// adds; [LegacyShop] holds the handlers; [Rows] runs their SQL and turns rows into JSON the way
/// node-postgres and `JSON.stringify` do: decimals as text, what is unset left out.
@NullMarked
package dev.banyan.demo.legacy;

import org.jspecify.annotations.NullMarked;
