using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>
/// How a layer is called, whatever the tensors: which of them belong to the first parameter, and what the other parameters are given.
/// The tensors of the first parameter have the numbers from 0; those of the others follow.
/// </summary>
public sealed class CallForm
{
    /// <summary>A call with one tensor and nothing else.</summary>
    public static CallForm OneInput { get; } = OfInputs(1);

    private CallForm(int inputs, IReadOnlyList<string>? inputNames, IReadOnlyDictionary<string, CallValue> named, int tensors)
    {
        (Inputs, InputNames, Named, Tensors) = (inputs, inputNames, named, tensors);
        Training = named.TryGetValue("training", out var training) && training is CallConstant { Value: bool or long } constant ? Convert.ToBoolean(constant.Value) : null;
    }

    /// <summary>How many tensors the first parameter has.</summary>
    public int Inputs { get; }

    /// <summary>Paths of the first parameter's tensors when it is a dict, <c>bounding_boxes/labels</c>; otherwise null.</summary>
    public IReadOnlyList<string>? InputNames { get; }

    /// <summary>The other arguments that are not None, and the first one where it is no tensor.</summary>
    public IReadOnlyDictionary<string, CallValue> Named { get; }

    /// <summary>How many tensors the call has altogether.</summary>
    public int Tensors { get; }

    /// <summary>What the call itself says about training, or null when the caller decides.</summary>
    public bool? Training { get; }

    /// <summary>A call with these many tensors as its first argument and nothing else.</summary>
    public static CallForm OfInputs(int count) => new(count, null, new Dictionary<string, CallValue>(), count);

    /// <summary>Brings arguments as Python has them into a form.</summary>
    /// <param name="parameters">The layer's <see cref="LayerSpec.CallParameters"/>.</param>
    /// <param name="args">Positional arguments; their tensors have the caller's numbers.</param>
    /// <param name="kwargs">Arguments by name.</param>
    /// <param name="tensors">The caller's numbers of the form's tensors, in the form's order.</param>
    /// <exception cref="SpecException">The layer has no such parameters.</exception>
    public static CallForm Bind(
        IReadOnlyList<string> parameters, IReadOnlyList<CallValue> args, IReadOnlyDictionary<string, CallValue> kwargs, out IReadOnlyList<int> tensors)
    {
        if (args.Count > parameters.Count)
            throw new SpecException($"expected at most {parameters.Count} arguments ({string.Join(", ", parameters)}). Received: {args.Count}.");
        var given = new Dictionary<string, CallValue>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
            given[parameters[i]] = args[i];
        foreach (var (name, value) in kwargs)
        {
            if (!parameters.Contains(name) && name is not ("training" or "mask"))
                throw new SpecException($"expected arguments out of {string.Join(", ", parameters)}, training, mask. Received: {name}.");
            if (!given.TryAdd(name, value))
                throw new SpecException($"expected the argument {name} once. Received: it again.");
        }
        List<int> numbers = [];
        if (!given.TryGetValue(parameters[0], out var first))
            throw new SpecException($"expected the argument {parameters[0]}. Received: none.");
        numbers.AddRange(first.Tensors());
        var inputs = numbers.Count;
        if (inputs > 0)
            given.Remove(parameters[0]);
        var named = new Dictionary<string, CallValue>(StringComparer.Ordinal);
        foreach (var (name, value) in given.Where(argument => argument.Value is not CallConstant { Value: null }))
        {
            named[name] = value.Renumber(number =>
            {
                numbers.Add(number);
                return numbers.Count - 1;
            });
        }
        tensors = numbers;
        return new CallForm(inputs, inputs > 0 ? first.Paths() : null, named, numbers.Count);
    }
}
