import marimo

app = marimo.App()


@app.cell
def _():
    import pathlib

    import anywidget
    import marimo as mo
    import traitlets

    return anywidget, mo, pathlib, traitlets


@app.cell
def _(anywidget, mo, pathlib, traitlets):
    class Lab(anywidget.AnyWidget):
        _esm = pathlib.Path(__file__).parent / "widget.mjs"
        parts = traitlets.List(["training", "decay"]).tag(sync=True)
        preset = traitlets.Unicode("notebook").tag(sync=True)
        hide = traitlets.List([]).tag(sync=True)
        set = traitlets.Dict({}).tag(sync=True)

    mo.ui.anywidget(Lab(preset="decides", hide=["momentum", "optimizer", "decayBias"]))
    return


if __name__ == "__main__":
    app.run()
