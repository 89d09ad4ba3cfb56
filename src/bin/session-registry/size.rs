//! Sizes as people say them.

const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];

/// A number of bytes, in the unit that leaves the fewest digits before the point.
pub(crate) fn human(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut unit = "";
    // In tenths, rounded down.
    let mut tenths = bytes.saturating_mul(10);
    for name in UNITS {
        if !unit.is_empty() && tenths < 10 * 1024 {
            break;
        }
        (unit, tenths) = (name, tenths / 1024);
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn the_unit_grows_with_the_size() {
        for (bytes, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KiB"),
            (71_680, "70.0 KiB"),
            (1024 * 1024 - 1, "1023.9 KiB"),
            (1024 * 1024 * 3 / 2, "1.5 MiB"),
            (1 << 40, "1.0 TiB"),
            (5 << 50, "5120.0 TiB"),
        ] {
            assert_eq!(human(bytes), expected, "{bytes}");
        }
    }
}
