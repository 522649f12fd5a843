using TorchSharp;
using static TorchSharp.torch;

namespace TrainingService.Engine.Layers;

/// <summary>
/// Rows of a table whose gradient is sparse: backward adds the rows that were asked for to the table's gradient, instead of adding a whole
/// table that is almost everywhere zero. TorchSharp's own operations have only the dense one.
/// </summary>
internal static class NativeEmbedding
{
    private const string Script = """
        def rows(table: Tensor, numbers: Tensor, sparse: bool):
            return torch.embedding(table, numbers, -1, False, sparse)

        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script));

    /// <param name="table">(rows, size).</param>
    /// <param name="numbers">Whole numbers, (n).</param>
    /// <returns>(n, size).</returns>
    public static Tensor Rows(Tensor table, Tensor numbers)
    {
        // A sparse gradient can be added to a dense one that is there already; it must not become the gradient itself.
        using var gradient = table.grad;
        return Compiled.Value.invoke<Tensor>("rows", table, numbers, gradient is not null);
    }
}
