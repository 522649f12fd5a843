using System.Text.RegularExpressions;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Layers;

/// <summary>An equation of <see cref="EinsumDense"/>: letters of the axes of input, kernel and output.</summary>
/// <param name="Input">Letters of the input's named axes.</param>
/// <param name="Kernel">Letters of the kernel's axes.</param>
/// <param name="Output">Letters of the output's named axes.</param>
/// <param name="DotsInFront">Whether unnamed axes stand in front of the named ones; otherwise they stand behind.</param>
public sealed partial record EinsumEquation(string Input, string Kernel, string Output, bool DotsInFront)
{
    /// <summary>Reads an equation.</summary>
    /// <exception cref="SpecException">It has another form.</exception>
    public static EinsumEquation Parse(string equation)
    {
        foreach (var form in new[] { Plain(), InFront(), Behind() })
        {
            if (form.Match(equation) is { Success: true } match)
                return new EinsumEquation(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value, form == InFront()) { Dots = form != Plain() };
        }
        throw new SpecException($"expected an equation of the form X,Y->Z, ...X,Y->...Z or X...,Y->Z.... Received: {equation}.", "equation");
    }

    /// <summary>Shapes of kernel, bias and output for an input.</summary>
    /// <param name="input">With the batch axis.</param>
    /// <param name="partial">The output's sizes without the batch axis and the unnamed axes; null takes the input's size.</param>
    /// <param name="biasAxes">Letters of the output's axes along which a bias is learned, or null.</param>
    /// <exception cref="SpecException">They do not go together.</exception>
    public EinsumShapes Shapes(Shape input, Shape partial, string? biasAxes)
    {
        var elided = input.Rank - Input.Length;
        if (elided < 0 || (elided > 0 && !Dots))
            throw new SpecException($"expected an input with the axes {Input}. Received: {input}.", "equation");
        var output = FullOutput(input, partial, elided);
        var (inFront, named) = DotsInFront ? (elided, elided) : (0, 0);
        if (output.Rank != Output.Length + elided)
            throw new SpecException($"expected output_shape to have {Output.Length - 1 + (DotsInFront && elided > 0 ? 1 : 0)} sizes. Received: {partial}.", "output_shape");
        var inputs = Input.Select((letter, i) => (letter, Size: input[i + named])).ToDictionary(pair => pair.letter, pair => pair.Size);
        var outputs = Output.Select((letter, i) => (letter, Size: output[i + inFront])).ToDictionary(pair => pair.letter, pair => pair.Size);
        CheckLetters(inputs, outputs);
        var kernel = new Shape(Kernel.Select(letter => outputs.TryGetValue(letter, out var size) ? size : inputs[letter]));
        if (kernel.Any(size => size is null))
            throw new SpecException($"expected known sizes of the kernel's axes {Kernel}. Received: {kernel}, from an input {input}.", "output_shape");
        return new EinsumShapes(
            kernel, Bias(biasAxes, outputs, elided), output, [.. KernelAxes(letter => !outputs.ContainsKey(letter))], [.. KernelAxes(outputs.ContainsKey)]);
    }

    /// <summary>
    /// How many axes are summed when the equation is one matrix product: the input's last and the kernel's first ones, with what is left of
    /// both as the output. 0 when it is something else.
    /// </summary>
    public int SummedLast => Dots && !DotsInFront
        ? 0
        : Enumerable.Range(1, Math.Min(Input.Length, Kernel.Length)).FirstOrDefault(count =>
            Input.EndsWith(Kernel[..count], StringComparison.Ordinal)
            && !Kernel[count..].Any(Input.Contains)
            && Input.Distinct().Count() == Input.Length && Kernel.Distinct().Count() == Kernel.Length
            && Output == Input[..^count] + Kernel[count..]);

    /// <summary>Whether axes are left out by dots.</summary>
    private bool Dots { get; init; }

    /// <summary>The batch axis, then the given sizes, with the unnamed axes where the dots stand.</summary>
    private Shape FullOutput(Shape input, Shape partial, int elided)
    {
        List<long?> sizes = [input[0], .. partial];
        if (DotsInFront)
            sizes.InsertRange(1, input.Skip(1).Take(elided - 1));
        else
            sizes.AddRange(input.Skip(input.Rank - elided));
        return new Shape(sizes);
    }

    private void CheckLetters(Dictionary<char, long?> inputs, Dictionary<char, long?> outputs)
    {
        foreach (var (letter, size) in inputs)
        {
            if (outputs.TryGetValue(letter, out var promised) && promised is not null && promised != size)
                throw new SpecException($"expected output_shape to say {size?.ToString() ?? "null"} for the axis {letter}, as the input does. Received: {promised}.", "output_shape");
        }
        if (Output.FirstOrDefault(letter => !inputs.ContainsKey(letter) && !Kernel.Contains(letter)) is var unknown and not '\0')
            throw new SpecException($"expected every axis of the output in the input or the kernel. Received: {unknown}.", "equation");
        if (Kernel.FirstOrDefault(letter => !inputs.ContainsKey(letter) && !outputs.ContainsKey(letter)) is var lonely and not '\0')
            throw new SpecException($"expected every axis of the kernel in the input or the output. Received: {lonely}.", "equation");
    }

    private IEnumerable<int> KernelAxes(Func<char, bool> which) => Enumerable.Range(0, Kernel.Length).Where(axis => which(Kernel[axis]));

    /// <summary>From the first axis with a bias on; the axes without one have size 1.</summary>
    private Shape? Bias(string? axes, Dictionary<char, long?> outputs, int elided)
    {
        if (string.IsNullOrEmpty(axes))
            return null;
        if (axes.FirstOrDefault(letter => !outputs.ContainsKey(letter)) is var unknown and not '\0')
            throw new SpecException($"expected axes of the output, {Output}. Received: {unknown}.", "bias_axes");
        var sizes = Output[axes.Min(letter => Output.IndexOf(letter))..].Select(letter => axes.Contains(letter) ? outputs[letter] : 1);
        var shape = new Shape([.. sizes, .. Enumerable.Repeat<long?>(1, DotsInFront ? 0 : elided)]);
        return shape.All(size => size is not null)
            ? shape
            : throw new SpecException($"expected known sizes of the axes with a bias, {axes}. Received: {shape}.", "bias_axes");
    }

    [GeneratedRegex(@"\A([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)\z")]
    private static partial Regex Plain();

    [GeneratedRegex(@"\A\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)\z")]
    private static partial Regex InFront();

    [GeneratedRegex(@"\A([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.\z")]
    private static partial Regex Behind();
}

/// <summary>Shapes that follow from an equation and an input.</summary>
/// <param name="Kernel">Shape of the kernel.</param>
/// <param name="Bias">Shape of the bias, or null without one.</param>
/// <param name="Output">Shape of the output.</param>
/// <param name="InputAxes">Axes of the kernel that are summed over.</param>
/// <param name="OutputAxes">Axes of the kernel that appear in the output.</param>
public sealed record EinsumShapes(Shape Kernel, Shape? Bias, Shape Output, IReadOnlyList<int> InputAxes, IReadOnlyList<int> OutputAxes);
