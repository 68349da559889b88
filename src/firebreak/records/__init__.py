"""What is said and signed: encoding, kinds, records, agreement, roster (spec/record.md, spec/agreement.md)."""
