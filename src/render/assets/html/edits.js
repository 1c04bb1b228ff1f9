// edits.js: what the menu leaves of a profile: VERB-FRAME, the frame as address.js writes it.
//
// They are done in their order, each to what the ones before left.

const EDITS = {
    focus: { does: focus, says: (name) => "Only stacks through " + name },
    drop: { does: hideStacks, says: (name) => "Without stacks through " + name },
    hide: { does: hideFrame, says: (name) => "Without frames of " + name },
    collapse: { does: collapse, says: () => "Recursion collapsed" },
    callers: { does: (profile, id) => callersProfile(profile, profile.events[0], id), says: (name) => "Callers of " + name },
};

const editText = (profile, verb, id) => verb + "-" + (verb === "collapse" ? "" : frameText(profile, id));

const isCallers = (text) => text.startsWith("callers-");

// {says, apply(profile)}, or null for what is not understood
function readEdit(profile, text) {
    const [verb, frame] = text.split("-"), edit = Object.hasOwn(EDITS, verb) && EDITS[verb];
    const id = edit && frame ? findFrame(profile, frame) : null;
    if (!edit || (id === null && verb !== "collapse")) return null;
    return { says: edit.says(profile.names[id]), apply: (from) => edit.does(from, id) };
}

// The profile that edits leave, of one event: what is selected.
function editedProfile({ profile, weights, state, unit, samples }, edits) {
    const event = profile.events[state.event], counted = weights.self === event.self ? event.samples : null;
    const one = { ...profile, events: [{ unit, self: weights.self, samples: counted }] };
    return edits.reduce((from, edit) => edit.apply(from), one);
}
