//! Draws ratios as an SVG picture: a row of dots for each guest on a logarithmic axis, one colour for each engine.

use std::fmt::Write;

/// A guest and its ratio for each engine, NaN where there is none.
pub struct Row {
    pub name: String,
    pub ratios: Vec<f64>,
}

const COLOURS: &[&str] = &["#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#8c564b", "#17becf", "#7f7f7f"];
const LABEL_WIDTH: f64 = 130.0;
const PLOT_WIDTH: f64 = 620.0;
const ROW_HEIGHT: f64 = 15.0;
const TOP: f64 = 60.0;
/// The ends of the axis; dots beyond them stand at them.
const LOWEST: f64 = 0.125;
const HIGHEST: f64 = 4.0;

/// The picture. `engines` are the names of the columns of `rows`, and what they are relative to.
pub fn svg(engines: &[&str], reference: &str, rows: &[Row]) -> String {
    let height = TOP + ROW_HEIGHT * rows.len() as f64 + 10.0;
    let width = LABEL_WIDTH + PLOT_WIDTH + 20.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"5\" y=\"15\">processor time relative to {reference} (less is better)</text>\n"
    );
    let mut add = |text: std::fmt::Arguments| svg.write_fmt(text).expect("writing to a string");
    for (at, engine) in engines.iter().enumerate() {
        let (x, colour) = (LABEL_WIDTH + 110.0 * at as f64, COLOURS[at % COLOURS.len()]);
        add(format_args!("<circle cx=\"{x}\" cy=\"28\" r=\"4\" fill=\"{colour}\"/>"));
        add(format_args!("<text x=\"{}\" y=\"32\">{engine}</text>\n", x + 8.0));
    }
    for tick in [0.125, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0] {
        let (x, stroke) = (position(tick), if tick == 1.0 { "#444" } else { "#ddd" });
        add(format_args!("<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{height}\" stroke=\"{stroke}\"/>"));
        add(format_args!("<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{tick}</text>\n", TOP - 6.0));
    }
    for (number, row) in rows.iter().enumerate() {
        let y = TOP + ROW_HEIGHT * (number as f64 + 0.5);
        add(format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
            LABEL_WIDTH - 8.0,
            y + 4.0,
            row.name
        ));
        for (at, ratio) in row.ratios.iter().enumerate().filter(|(_, ratio)| ratio.is_finite()) {
            let (x, colour) = (position(*ratio), COLOURS[at % COLOURS.len()]);
            add(format_args!("<circle cx=\"{x:.1}\" cy=\"{y}\" r=\"4\" fill=\"{colour}\" fill-opacity=\"0.8\"/>\n"));
        }
    }
    svg + "</svg>\n"
}

fn position(ratio: f64) -> f64 {
    let part = (ratio.clamp(LOWEST, HIGHEST) / LOWEST).ln() / (HIGHEST / LOWEST).ln();
    LABEL_WIDTH + PLOT_WIDTH * part
}
