"""The letter of referral (`surat rujukan`): what it says, and the sheet of paper. Its language is Indonesian."""
