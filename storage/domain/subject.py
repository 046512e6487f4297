"""What the model, the console and a row are called."""

from storage.domain.table import TABLE

MODEL_NAME = TABLE.name
"""Of the experiment and of the registered model in MLflow."""
TITLE = TABLE.title
"""Of the console."""
ABOUT = TABLE.about
"""What is predicted, to follow the title in a sentence."""
SUBJECT, SUBJECTS = TABLE.subject.singular, TABLE.subject.plural
"""What one row is called, and several."""
OF_ANOTHER_ROW = "another row" if SUBJECT == "row" else f"the {SUBJECT} of another row"
"""What a repeated row repeats."""
CARD = TABLE.card
"""What the model card says of intended use and limits."""
