"""The pages about speakers: what people type there, and how it is shown."""
