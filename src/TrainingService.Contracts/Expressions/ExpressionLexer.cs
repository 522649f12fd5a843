using System.Globalization;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Expressions;

/// <summary>What a piece of an expression's text is.</summary>
internal enum TokenKind
{
    Number,
    Name,
    Sign,
    End,
}

/// <summary>A piece of an expression's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; empty at the end.</param>
/// <param name="Position">Place of its first character, from 0.</param>
/// <param name="Number">Value of a number.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Position, double Number = 0)
{
    public bool Is(string sign) => Kind != TokenKind.Number && Text == sign;

    /// <summary>As messages quote it.</summary>
    public string Quoted => Kind == TokenKind.End ? "the end" : $"\"{Text}\"";
}

/// <summary>Cuts an expression's text into tokens: ASCII only, so that nothing looks like something else.</summary>
internal static class ExpressionLexer
{
    private static readonly string[] Signs = ["...", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "<", ">", "(", ")", "[", "]", ",", ":", "="];

    /// <summary>The tokens, an end behind the last.</summary>
    /// <exception cref="SpecException">A character that is none of the language's, or a number that float32 cannot hold.</exception>
    public static IReadOnlyList<Token> Read(string text)
    {
        List<Token> tokens = [];
        for (var at = 0; at < text.Length;)
        {
            if (text[at] is ' ' or '\t' or '\n' or '\r')
                at++;
            else
                at += Add(tokens, ReadOne(text, at));
        }
        tokens.Add(new Token(TokenKind.End, "", text.Length));
        return tokens;
    }

    private static int Add(List<Token> tokens, Token token)
    {
        tokens.Add(token);
        return token.Text.Length;
    }

    private static Token ReadOne(string text, int at)
    {
        if (IsNameStart(text[at]))
            return new Token(TokenKind.Name, text[at..End(text, at, IsNamePart)], at);
        if (char.IsAsciiDigit(text[at]) || (text[at] == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])))
            return ReadNumber(text, at);
        foreach (var sign in Signs)
        {
            if (string.CompareOrdinal(text, at, sign, 0, sign.Length) == 0)
                return new Token(TokenKind.Sign, sign, at);
        }
        throw ExpressionError.At(at, $"expected a name, a number or one of + - * / % ** == != < <= > >= ( ) [ ] , : =. Received: {Shown(text[at])}.");
    }

    private static Token ReadNumber(string text, int at)
    {
        var end = End(text, at, char.IsAsciiDigit);
        // "1..." is a number in front of "...", as nothing else is written with a point.
        if (end < text.Length && text[end] == '.' && !(end + 1 < text.Length && text[end + 1] == '.'))
            end = End(text, end + 1, char.IsAsciiDigit);
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var digits = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
            var last = End(text, digits, char.IsAsciiDigit);
            end = last > digits ? last : end;
        }
        if (end < text.Length && IsNamePart(text[end]))
            throw ExpressionError.At(end, $"expected an operator behind the number. Received: {Shown(text[end])}.");
        var written = text[at..end];
        var value = double.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) && value <= float.MaxValue
            ? new Token(TokenKind.Number, written, at, value)
            : throw ExpressionError.At(at, $"expected a number that float32 can hold. Received: {ExpressionError.Short(written)}.");
    }

    private static int End(string text, int at, Func<char, bool> belongs)
    {
        while (at < text.Length && belongs(text[at]))
            at++;
        return at;
    }

    private static bool IsNameStart(char character) => char.IsAsciiLetter(character) || character == '_';

    private static bool IsNamePart(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';

    /// <summary>What is no plain character is shown by its number, so that look-alikes can be told.</summary>
    private static string Shown(char character) => character is > ' ' and < '\x7f' ? $"\"{character}\"" : $"U+{(int)character:X4}";
}
