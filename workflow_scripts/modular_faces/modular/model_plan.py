"""Which models a run can make of those that the configuration asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modular_faces.modular.protocol import ModelPlan


def available_plan(
    modules: Sequence[str],
    *,
    models: Mapping[str, Sequence[str]],
    main: str,
    groups: Mapping[str, Sequence[str]],
    components: int,
) -> tuple[ModelPlan, list[str]]:
    """Keep of the models and groups what the run has modules for.

    Parameters
    ----------
    modules : sequence of str
        Those there are.
    models, main, groups, components
        See `protocol.ModelPlan`.

    Returns
    -------
    ModelPlan
    list of str
        Sentences on what was left out.

    Raises
    ------
    ValueError
        If the main model has no module left.
    """
    have = set(modules)
    kept = {name: tuple(one for one in parts if one in have) for name, parts in models.items()}
    notes = [
        f"The model '{name}' goes without {', '.join(one for one in parts if one not in have)}: "
        "this run has no such columns."
        for name, parts in models.items()
        if not have.issuperset(parts)
    ]
    if not kept[main]:
        raise ValueError(
            f"the model '{main}' has none of its modules ({', '.join(models[main])}) in this run; "
            f"there are {', '.join(modules)}"
        )
    distinct = {name: parts for name, parts in kept.items() if parts}
    for name in list(distinct):
        if name != main and distinct[name] == kept[main]:
            notes.append(f"The model '{name}' would be the same as '{main}' and is left out.")
            del distinct[name]
    parts_of = {
        name: tuple(one for one in parts if one in kept[main]) for name, parts in groups.items()
    }
    ungrouped = set(kept[main]) - {one for parts in parts_of.values() for one in parts}
    parts_of |= {name: (name,) for name in kept[main] if name in ungrouped}
    plan = ModelPlan(distinct, main, {k: v for k, v in parts_of.items() if v}, components)
    return plan, notes
