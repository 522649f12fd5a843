namespace TrainingService.Contracts.Expressions;

/// <summary>Leaves out the steps that the result does not need: the numbers of an operation that was computed beforehand.</summary>
internal static class LiveNodes
{
    /// <param name="nodes">Every step behind those it uses.</param>
    /// <param name="result">Index of the result.</param>
    /// <returns>The steps that are needed, in their order, the result last.</returns>
    public static IReadOnlyList<ExpressionNode> Of(IReadOnlyList<ExpressionNode> nodes, int result)
    {
        var needed = new bool[nodes.Count];
        needed[result] = true;
        for (var index = result; index >= 0; index--)
        {
            if (!needed[index])
                continue;
            foreach (var operand in OperandsOf(nodes[index]))
                needed[operand] = true;
        }
        var places = new int[nodes.Count];
        List<ExpressionNode> live = [];
        for (var index = 0; index <= result; index++)
        {
            places[index] = live.Count;
            if (needed[index])
                live.Add(Moved(nodes[index], places));
        }
        return live;
    }

    private static IReadOnlyList<int> OperandsOf(ExpressionNode node) => node switch
    {
        CallNode call => call.Operands,
        IndexNode index => [index.Operand],
        _ => [],
    };

    private static ExpressionNode Moved(ExpressionNode node, int[] places) => node switch
    {
        CallNode call => call with { Operands = [.. call.Operands.Select(operand => places[operand])] },
        IndexNode index => index with { Operand = places[index.Operand] },
        _ => node,
    };
}
