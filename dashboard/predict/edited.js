// While a person edits the form, the answer beside it is not for what the form shows: the card says so.
export default function ({ data }) {
  const form = document.querySelector(`.st-key-${data.form}`)
  const card = document.querySelector(`.st-key-${data.card}`)
  if (!form || !card) return
  // 8.30 and 8.3 are one number.
  const written = (text) => (text.trim() && Number.isFinite(Number(text)) ? String(Number(text)) : text)
  const entered = () =>
    [...form.querySelectorAll("input, [data-baseweb='select']")]
      .map((field) => written(field.value ?? field.textContent))
      .join("\n")
  const compare = () => {
    card.dataset.edited = entered() === form.askedAbout ? "no" : "yes"
  }
  if (form.answer !== data.answer) {
    form.answer = data.answer
    form.askedAbout = entered()
  }
  compare()
  if (form.isWatched) return
  form.isWatched = true
  for (const kind of ["input", "change", "click", "keyup"]) form.addEventListener(kind, () => setTimeout(compare))
}
